/** A person at a real terminal: lets a workstation in together with a paired device, and answers while the network is away. */
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { randomText } from '../../protocol/bytes.ts'
import { commandChallenge } from '../../protocol/command.ts'
import { admissionBytes, commitment, matchCode } from '../../protocol/pairing.ts'
import type { Assertion } from '../../protocol/passkey.ts'
import { letsIn as consents } from '../kit/joining.ts'
import { steps } from '../kit/people.ts'
import { joins as accepts, opens, type Person } from '../kit/sign-in.ts'
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

/** The device's part of an enrolment: it types the new machine's code and compares. */
async function letsIn(url: string, device: { token: string; publicKey: string }, code: string) {
  const step = steps(gqlAt(url))
  const { pairing } = await step.claim(code, device.token)
  const nonce = randomText(32)
  const mine = { pairingId: pairing.id, publicKey: device.publicKey, nonce, name: 'phone' }
  await step.join(device.token, mine)
  const seen = await until(async () => {
    const now = await step.look(device.token, pairing.id)
    return now.openerNonce !== null && now
  }, 'the new machine to reveal')
  const { openerPublicKey, openerNonce, commitment: committed } = seen
  expect(await commitment('ENROL_HOST', openerPublicKey, openerNonce ?? '')).toBe(committed)
  const ends = {
    openerPublicKey,
    openerNonce: openerNonce ?? '',
    joinerPublicKey: device.publicKey,
    joinerNonce: nonce,
  }
  const handshake = { purpose: 'ENROL_HOST', ...ends } as const
  return {
    shown: await matchCode(handshake),
    challenge: await commandChallenge(admissionBytes(pairing.id, handshake)),
    id: pairing.id,
    confirm: () => step.confirm(device.token, pairing.id),
  }
}

const inTwo = (code: string): string => `${code.slice(0, 3)} ${code.slice(3)}`

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

  async function logsIn(here: Machine): Promise<{ terminal: Terminal; code: string }> {
    const terminal = sitsAt(here, ['login', wire.url, '--name', 'laptop'])
    const [, one = '', two = ''] = await terminal.sees(/Settings, Add a workstation, and type (\w{4}) (\w{4})/)
    return { terminal, code: one + two }
  }

  test('[T5] a new workstation is let in by a paired device; both compare the code, both press a key', async () => {
    const here = await machine()
    const { terminal, code } = await logsIn(here)
    const device = await letsIn(server.url, phone, code)
    const spaced = inTwo(device.shown)
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
    await letsIn(server.url, phone, code)
    await terminal.sees(/“phone” shows .* \[y\/N\]/)
    terminal.types('n\r')
    await terminal.sees(/This machine was not let in/)
    expect(await terminal.exited).toBe(1)
    expect((await here.does(['devices'])).stderr).toContain('No server is known.')
  })
})

describe.skipIf(!hasTerminal)('[F9] a server that nobody owns, by its printed words alone', () => {
  let there: Machine
  let here: Machine
  let server: Served
  let ann: Person
  const codeIn = (link: string | null): string => new URL(link ?? '').hash.slice(1)
  /** In a browser that opens that very link: nothing is known but what was printed. */
  const redeems = async (link: string | null, how: { personName?: string; deviceName?: string } = {}) => {
    const { origin } = new URL(link ?? '')
    const page = await fetch(`${server.url}/sign-in`)
    expect([page.status, page.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')])
    return accepts(gqlAt(server.url), codeIn(link), { ...how, origin })
  }
  const confirms = (id: string, assertion: Assertion) => consents(gqlAt(server.url), ann.token, id, assertion)
  const mayDo = async (token: string) =>
    (await gqlAt(server.url)<{ viewer: { rung: string; name: string } }>(token, '{ viewer { rung name } }')).viewer

  beforeAll(async () => {
    ;[there, here] = [await (await machine()).seeded(), await machine()]
    server = await serve(there)
  })

  test('is owned by whoever opens the link that “offdesk serve” printed', async () => {
    expect(server.link).toBe(`${server.url.replace('127.0.0.1', 'localhost')}/sign-in#${codeIn(server.link)}`)
    ann = await redeems(server.link)
    expect(ann).toMatchObject({ personName: 'Ann', rung: 'VIEW', awaitsTrust: true })
    await expect(opens(gqlAt(server.url), codeIn(server.link))).rejects.toMatchObject({ code: 'CODE_WRONG' })
  })

  test('[T4][T5] “offdesk login” lets a machine in by her passkey, and the key press there gives her browser what it may do', async () => {
    const terminal = sitsAt(here, ['login', server.url, '--name', 'laptop', '--allow', 'steer'])
    const [, one = '', two = ''] = await terminal.sees(/type (\w{4}) (\w{4})/)
    const device = { token: ann.token, publicKey: ann.key.publicKey }
    const asked = await letsIn(server.url, device, one + two)
    await terminal.sees(new RegExp(`“phone” shows ${inTwo(asked.shown)}\\? \\[y/N\\]`))
    terminal.types('y\r')
    await expect(asked.confirm()).rejects.toMatchObject({ code: 'PASSKEY_REQUIRED' })
    expect(await confirms(asked.id, ann.authenticator.get(asked.challenge))).toBe('CONFIRMED')
    await terminal.sees(/This machine is known to http/)
    expect(await terminal.exited).toBe(0)
    expect((await mayDo(ann.token)).rung).toBe('STEER')
    expect((await here.does(['devices'])).stdout).toContain('trusted here')
  })

  test('“offdesk invite” prints a link, alone on stdout, that makes one person; and says no in words', async () => {
    for (const [args, words] of [
      [['invite'], 'Say who is invited: a name, or --myself.'],
      [['invite', 'Bob', '--hours', '0'], 'An invitation is good for 1 to 720 hours.'],
    ] as const) {
      const said = await here.does([...args])
      expect([said.code, said.stdout]).toEqual([1, ''])
      expect(said.stderr).toContain(words)
      expect(said.stderr).not.toMatch(/\n\s+at /)
    }
    const { code, stdout, stderr } = await here.does(['invite', 'Bob', '--hours', '1'])
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^http:\/\/localhost:\d+\/sign-in#[\w-]{27}\n$/)])
    expect(stderr).toContain('Send this to Bob alone')
    const bob = await redeems(stdout.trim(), { personName: 'Bob' })
    expect(bob.ownerId).not.toBe(ann.ownerId)
    await expect(opens(gqlAt(server.url), codeIn(stdout.trim()))).rejects.toMatchObject({ code: 'CODE_WRONG' })
  })

  test('[T5] “offdesk invite --myself” signs her in elsewhere, and “devices trust --allow” gives that browser what it may do', async () => {
    const { stdout } = await here.does(['invite', '--myself'])
    const tablet = await redeems(stdout.trim(), { deviceName: 'tablet' })
    expect(tablet).toMatchObject({ ownerId: ann.ownerId, rung: 'VIEW', awaitsTrust: true })
    const nobody = await here.does(['devices', 'trust', 'tablet', '--allow', 'answer'])
    expect(nobody).toMatchObject({ code: 1, stderr: expect.stringContaining('This needs a person at a terminal') })
    const terminal = sitsAt(here, ['devices', 'trust', 'tablet', '--allow', 'answer'])
    await terminal.sees(/tablet, signed in .* ago, id dev_/)
    await terminal.sees(/Let it answer on this machine\? \[y\/N\]/)
    terminal.types('y\r')
    await terminal.sees(/tablet is trusted on this machine/)
    expect(await terminal.exited).toBe(0)
    expect((await mayDo(tablet.token)).rung).toBe('ANSWER')
  })

  test('“offdesk recover” says what to do while the server runs, and with it stopped prints a way back in for its owner', async () => {
    const running = await there.does(['recover'])
    expect(running).toMatchObject({ code: 1, stdout: '' })
    const [, path = ''] = /--code "\$\(cat '(.+)'\)"$/m.exec(running.stderr) ?? []
    expect(readFileSync(path, 'utf8').trim()).toMatch(/^\w{4}-\w{4}-\w{4}$/)
    expect(await server.interrupt()).toBe(0)
    const said = await there.does(['recover'])
    expect(said.code).toBe(0)
    expect(said.stdout).toContain('A way back in for Ann, who owns this server.')
    const [link = ''] = /http\S+\/sign-in#\S+/.exec(said.stdout) ?? []
    const [, setupCode = ''] = /--code (\S+)$/m.exec(said.stdout) ?? []
    server = await serve(there)
    expect([server.link, server.setupCode]).toEqual([null, null])
    expect(await redeems(link)).toMatchObject({ ownerId: ann.ownerId, awaitsTrust: true })
    const attic = await machine()
    const login = ['login', server.url, '--code', setupCode, '--name', 'attic']
    expect((await attic.does(login)).stderr).toContain(`This machine is now “attic” at ${server.url}.`)
    const again = await (await machine()).does(login)
    expect(again.code).toBe(1)
    expect(again.stderr).toContain('“offdesk recover” prints another')
  })
})
