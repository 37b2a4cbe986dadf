// Every screen in both themes and both sizes into test/.out/screens, for eyes; and the README's picture. Not a test:
//   node --import tsx test/browser/screenshots.ts [turn|own|admin|sign-in|refused …] [phone-light …]
// At its end it says what the pages' consoles and requests complained of.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { claudeLike } from '../kit/agent/manner.ts'
import { type Desk, type DeskPhone, openDesk } from '../kit/desk.ts'
import { createGoverned } from '../kit/governed.ts'
import { createPushService, subscribesTo } from '../kit/push-service.ts'
import { admin } from './screens/admin.ts'
import { ends, manySessions, odd, refused } from './screens/odd.ts'
import { lock, own, revoked } from './screens/own.ts'
import { pairs } from './screens/paired.ts'
import { signIn } from './screens/sign-in.ts'
import { type Complaint, createStudio, LOOKS, type Studio } from './screens/studio.ts'
import { offline, picture, turn } from './screens/turn.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const out = join(root, 'test', '.out', 'screens')
const only = process.argv.slice(2).filter((word) => !LOOKS.some(({ name }) => name === word))
if (only.length === 0) rmSync(out, { recursive: true, force: true })
mkdirSync(out, { recursive: true })
const complaints: Complaint[] = []

async function atDesk(
  part: string,
  rung: 'STEER' | 'FULL' | null,
  shows: (desk: Desk, studio: Studio<DeskPhone>, cwd: string) => Promise<void>,
): Promise<void> {
  if (only.length > 0 && !only.includes(part)) return
  const cwd = join(mkdtempSync(join(tmpdir(), 'offdesk-screens-')), 'shop')
  execFileSync('git', ['init', '-q', '-b', 'fix/retry', cwd])
  const ceiling = rung === 'FULL' ? ({ ceiling: 'FULL' } as const) : {}
  const desk = await openDesk({
    manner: claudeLike,
    place: { cwd, agentName: 'Claude Code' },
    byName: true,
    server: { push: { allowLoopback: true } },
    ...ceiling,
  })
  const push = await createPushService()
  try {
    const studio = await createStudio(out, complaints, ({ isPhone, look }) =>
      isPhone ? desk.phone(look) : desk.desktop(look),
    )
    for (const { device } of studio.eyes) {
      await device.context.grantPermissions(['notifications'])
      await subscribesTo(device.page, push.subscription)
    }
    if (rung !== null) await pairs(desk, studio, rung)
    await shows(desk, studio, cwd)
  } finally {
    await desk.close()
    await push.close()
    rmSync(join(cwd, '..'), { recursive: true, force: true })
  }
}

await atDesk('turn', 'STEER', async (desk, studio, cwd) => {
  await turn(desk, studio, cwd, picture(root))
  await odd(desk, studio, cwd)
  await offline(desk, studio)
  await manySessions(desk, studio)
  await ends(desk, studio)
})
await atDesk('own', 'FULL', async (desk, studio) => {
  await own(studio)
  const acme = await createGoverned(desk.server)
  await acme.apply(acme.organisationId, { remoteControl: 'VIEW_AND_CONTROL' })
  await acme.join()
  await desk.works()
  await lock(desk, studio, acme)
  await acme.apply(acme.organisationId, { remoteControl: 'VIEW_AND_CONTROL' })
  await revoked(desk, studio)
})
await atDesk('admin', 'STEER', async (desk, studio) => {
  const acme = await createGoverned(desk.server)
  await acme.apply(acme.organisationId, { remoteControl: 'VIEW_AND_CONTROL', maxRung: 'STEER' })
  await acme.join()
  await admin(studio, acme)
})
await atDesk('refused', null, refused)
if (only.length === 0 || only.includes('sign-in')) await signIn(out, complaints)
for (const { before, eye, said } of complaints) console.log(`${before} (${eye}): ${said}`)
process.exit(0)
