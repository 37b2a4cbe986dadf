/** Two processes of the system on one session: its folder copied, and its folder shared because somebody removed the lock. */
import { spawn } from 'node:child_process'
import { cp, readdir, rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { atEnd, desk, eventually, folder } from '../agent-cli/bridge/desk.ts'
import { enrolled, paired, server, taps } from '../agent-cli/remote/away.ts'
import { createScriptedAgent } from '../kit/agent/scripted.ts'
import { program } from '../kit/programs.ts'

async function hostProcess(dataDir: string, resumeSessionId?: string) {
  const agent = await createScriptedAgent()
  atEnd(agent.close)
  const { command, args, env } = agent
  const options = { dataDir, cwd: await folder(), agent: { id: 's', name: 'S', command, args, env, preset: null } }
  const given = JSON.stringify({ ...options, ...(resumeSessionId && { resumeSessionId }) })
  const child = spawn(process.execPath, [...program('host-process'), given], { stdio: ['pipe', 'pipe', 'inherit'] })
  atEnd(() => void child.kill('SIGKILL'))
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk
  })
  const says = (what: RegExp) => eventually(() => what.exec(said), 40_000)
  const [, id = ''] = await says(/ready (ses_\S+)/)
  return { id, agent, says, freeze: () => child.kill('SIGSTOP'), thaw: () => child.kill('SIGCONT') }
}

async function machine() {
  const at = await server()
  const dataDir = await folder()
  await enrolled(at, dataDir)
  const other = await desk({}, { dataDir })
  await other.session.remote.on()
  const phone = await paired(at, other.session)
  const older = await hostProcess(dataDir)
  await older.says(/remote live/)
  return { at, dataDir, older, tap: taps(phone, older.id) }
}

/** The phone asks for something: the newer one does it, alone. */
async function onlyTheNewerActs(
  { older, tap }: Awaited<ReturnType<typeof machine>>,
  newer: { agent: typeof older.agent },
) {
  for (const text of ['one', 'two', 'three']) {
    const command = await tap.prompt(text)
    expect((await newer.agent.prompted()).text).toBe(text)
    newer.agent.ends()
    expect((await tap.settled(command)).state).toBe('APPLIED')
  }
  await older.says(/remote refused .*taken it over/)
}

test('[E4] a frozen process whose folder goes on elsewhere does nothing for a device when it thaws, and says that it is fenced', async () => {
  const here = await machine()
  const { dataDir, older } = here
  older.freeze()
  const copy = await folder()
  await cp(dataDir, copy, { recursive: true })
  const locks = (await readdir(join(copy, 'sessions', older.id))).filter((name) => name.startsWith('lock.'))
  for (const lock of locks) await truncate(join(copy, 'sessions', older.id, lock))
  const newer = await hostProcess(copy, older.id)
  await newer.says(/remote live/)
  older.thaw()
  await onlyTheNewerActs(here, newer)
}, 120_000)

test('[E4] two processes in one folder: the older writes nothing over the newer one’s journal, and says that it is fenced', async () => {
  const here = await machine()
  const { at, dataDir, older, tap } = here
  const sessionDir = join(dataDir, 'sessions', older.id)
  for (const name of await readdir(sessionDir)) if (name.startsWith('lock.')) await rm(join(sessionDir, name))
  const newer = await hostProcess(dataDir, older.id)
  await newer.says(/remote live/)
  await onlyTheNewerActs(here, newer)
  older.agent.says('said too late')
  await older.says(/journal failed .*another process/)
  newer.agent.says('said in time')
  const text = `select convert_from(payload, 'UTF8') as json from event where session_id = '${older.id}' order by seq`
  await eventually(async () => {
    const { rows } = (await at.database.read((tx) => tx.execute(text))) as unknown as { rows: { json: string }[] }
    const all = rows.map(({ json }) => json).join()
    expect(all).not.toContain('said too late')
    return all.includes('said in time')
  })
  expect((await tap.events()).openDecisions).toEqual([])
}, 120_000)
