/** A person at a real terminal: lets a workstation in together with a paired device, and answers while the network is away. */
import { beforeAll, describe, expect, test } from 'vitest'
import { randomText } from '../../protocol/bytes.ts'
import { commitment, matchCode } from '../../protocol/pairing.ts'
import { steps } from '../kit/people.ts'
import { createWire, type Wire } from '../kit/wire.ts'
import { gqlAt, joins, type Phone, type Served, scripted, serve } from './house.ts'
import { atEnd, type Machine, machine, until } from './machine.ts'
import { hasTerminal, sitsAt, type Terminal } from './terminal.ts'

/** `devices pair` at a terminal, where a person compares the codes and presses y. */
async function pairsAtTerminal(at: Machine, url: string, rung: string, name: string): Promise<Phone> {
  const terminal = sitsAt(at, ['devices', 'pair', '--allow', rung])
  const [, one = '', two = ''] = await terminal.sees(/Code (\w{4}) (\w{4}), valid for 5 minutes/)
  const { phone, shows } = await joins(url, one + two, name)
  const shown = await shows()
  await terminal.sees(new RegExp(`“${name}” shows ${shown.slice(0, 3)} ${shown.slice(3)}\\? \\[y/N\\]`))
  terminal.types('y\r')
  await terminal.sees(new RegExp(`Paired: ${name}\\.`))
  expect(await terminal.exited).toBe(0)
  return phone
}

describe.skipIf(!hasTerminal)('at a terminal', () => {
  let there: Machine
  let server: Served
  let wire: Wire
  let phone: Phone

  beforeAll(async () => {
    there = await (await machine()).seeded()
    server = await serve(there)
    wire = await createWire(Number(new URL(server.url).port))
    atEnd(() => wire.close())
    phone = await pairsAtTerminal(there, server.url, 'full', 'phone')
  })

  /** The device's part of an enrolment: it types the new machine's code and compares. */
  async function letsIn(code: string) {
    const step = steps(gqlAt(server.url))
    const { pairing } = await step.claim(code, phone.token)
    const nonce = randomText(32)
    const mine = { pairingId: pairing.id, publicKey: phone.publicKey, nonce, name: 'phone' }
    await step.join(phone.token, mine)
    const seen = await until(async () => {
      const now = await step.look(phone.token, pairing.id)
      return now.openerNonce !== null && now
    }, 'the new machine to reveal')
    const { openerPublicKey, openerNonce, commitment: committed } = seen
    expect(await commitment('ENROL_HOST', openerPublicKey, openerNonce ?? '')).toBe(committed)
    const purpose = 'ENROL_HOST'
    const shown = await matchCode({
      ...{
        purpose,
        openerPublicKey,
        openerNonce: openerNonce ?? '',
        joinerPublicKey: phone.publicKey,
        joinerNonce: nonce,
      },
    })
    return { shown, confirm: () => step.confirm(phone.token, pairing.id) }
  }

  async function logsIn(here: Machine): Promise<{ terminal: Terminal; code: string }> {
    const terminal = sitsAt(here, ['login', wire.url, '--name', 'laptop'])
    const [, one = '', two = ''] = await terminal.sees(/Settings, Add a workstation, and type (\w{4}) (\w{4})/)
    return { terminal, code: one + two }
  }

  test('[T5] a new workstation is let in by a paired device; both compare the code, both press a key', async () => {
    const here = await machine()
    const { terminal, code } = await logsIn(here)
    const device = await letsIn(code)
    const spaced = `${device.shown.slice(0, 3)} ${device.shown.slice(3)}`
    await terminal.sees(new RegExp(`“phone” shows ${spaced}\\? \\[y/N\\]`))
    terminal.types('y\r')
    // The phone has no passkey, so its word is not enough: a person at a workstation that is known presses y.
    await expect(device.confirm()).rejects.toMatchObject({ code: 'PASSKEY_REQUIRED' })
    const known = sitsAt(there, ['devices', 'admit'])
    await known.sees(
      new RegExp(`“laptop” asks to be let in, from 127\\.0\\.0\\.1, by “phone”\\. It shows ${spaced}\\? \\[y/N\\]`),
    )
    known.types('y\r')
    await known.sees(/laptop is known to http/)
    expect(await known.exited).toBe(0)
    await terminal.sees(/This machine is known to http/)
    expect(await terminal.exited).toBe(0)
    expect((await here.does(['devices'])).stdout).toMatch(new RegExp(`^phone .* trusted here +${phone.id}$`, 'm'))

    const agent = await scripted()
    const session = sitsAt(here, ['run', '--remote', 'full', '--', agent.command, ...agent.args], agent.env)
    await agent.opened(30_000)
    await session.sees(/Prompt, or \/ for commands/)
    const id = await until(async () => {
      const found = JSON.parse((await here.does(['sessions', '--json'])).stdout) as { id: string; state: string }[]
      return found.find((one) => one.state === 'IDLE')?.id
    }, 'the session at the server')

    // The network goes; the terminal works on and answers. The phone, which knows nothing of it, answers too.
    await phone.sends('sendPrompt', 'SendPromptInput', { sessionId: id, text: 'go' })
    await agent.prompted()
    const asked = agent.asks({ title: 'make', command: 'make all' })
    const decision = await until(async () => (await phone.session(id)).openDecisions[0], 'the permission on the phone')
    await session.sees(/3 Deny|3 Reject/)
    wire.cut()
    const mine = await phone.sends('answerPermission', 'AnswerPermissionInput', {
      ...{ sessionId: id, decisionId: decision.id, epoch: decision.epoch, optionId: 'allow' },
    })
    expect(mine.state).toBe('QUEUED')
    let answer: string | null = null
    void asked.answered(30_000).then((given) => {
      answer = given
    })
    // A dialog takes no key in its first moment; a person presses again.
    await until(() => {
      if (answer === null) session.types('3')
      return answer
    }, 'the terminal’s answer')
    expect(answer).toBe('deny')
    wire.mend()
    // The command's end and the event that names the winner come by two roads: the name may be a moment later.
    const told = await until(async () => {
      const ended = await phone.settled(mine.id)
      return ended.winner ? ended : null
    }, 'who was first')
    expect(told).toMatchObject({ state: 'SUPERSEDED', winner: { optionId: 'deny', origin: { surface: 'TERMINAL' } } })
    const after = await phone.session(id)
    expect(after.openDecisions).toEqual([])
    expect(after.events.edges.filter(({ node }) => node.__typename === 'DecisionSettled')).toHaveLength(1)
  })

  test('[T5] with another key than y at this terminal nothing is let in', async () => {
    const here = await machine()
    const { terminal, code } = await logsIn(here)
    await letsIn(code)
    await terminal.sees(/“phone” shows .* \[y\/N\]/)
    terminal.types('n\r')
    await terminal.sees(/This machine was not let in/)
    expect(await terminal.exited).toBe(1)
    expect((await here.does(['devices'])).stderr).toContain('No server is known.')
  })
})
