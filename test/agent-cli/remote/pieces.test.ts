import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { referencesIn } from '../../../agent-cli/remote/body-upload.ts'
import type { Caller } from '../../../agent-cli/remote/credentials.ts'
import { RemoteError } from '../../../agent-cli/remote/failure.ts'
import type { AskOptions } from '../../../agent-cli/remote/graphql-http.ts'
import { AcknowledgeCommands, type HostCommand } from '../../../agent-cli/remote/host-operations.ts'
import { openIdentity } from '../../../agent-cli/remote/identity.ts'
import { createBackoff, pause } from '../../../agent-cli/remote/pause.ts'
import { createPoller } from '../../../agent-cli/remote/poller.ts'
import { openRoster, type Rung } from '../../../agent-cli/remote/roster.ts'
import { changeShared } from '../../../agent-cli/remote/shared-file.ts'
import { wrapped } from '../../../agent-cli/remote/wrapping.ts'
import { exportPublicKey, generateKeys, principalId, sign } from '../../../protocol/keys.ts'
import { endorsementBytes } from '../../../protocol/pairing.ts'

const folders: string[] = []
afterEach(async () => {
  for (const path of folders.splice(0)) await rm(path, { recursive: true, force: true })
})
async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'offdesk-test-'))
  folders.push(path)
  return path
}

const event = (seq: number, body: unknown) => ({
  seq,
  epoch: 1,
  at: '2026-01-01T00:00:00.000Z',
  body,
  digest: `d${seq}`,
  json: '',
  bytes: Buffer.byteLength(JSON.stringify(body)),
})
const how = (more: object = {}) => ({
  knownKinds: new Set(['AgentText']),
  maxEventBytes: 1_000,
  refused: new Map<number, string>(),
  unread: new Set<number>(),
  ...more,
})

describe('wrapping', () => {
  test('[E9] a kind the server does not know goes as other, under the same digest', () => {
    expect(wrapped(event(1, { hologramShown: { beam: 1 } }), how())).toMatchObject({
      seq: 1,
      digest: 'd1',
      body: { other: { kind: 'HologramShown', json: '{"beam":1}' } },
    })
    expect(wrapped(event(1, { agentText: { messageId: 'm', text: 'x' } }), how()).body).toEqual({
      agentText: { messageId: 'm', text: 'x' },
    })
  })

  test('[E7] what is refused or too large goes as a tombstone of its number, under the same digest', () => {
    const refused = new Map([[2, 'no']])
    expect(wrapped(event(2, { agentText: { messageId: 'm', text: 'x' } }), how({ refused }))).toMatchObject({
      seq: 2,
      digest: 'd2',
      body: { tombstone: { replacedKind: 'agentText', reason: 'no' } },
    })
    expect(wrapped(event(3, { agentText: { messageId: 'm', text: 'x'.repeat(2_000) } }), how()).body).toHaveProperty(
      'tombstone',
    )
  })

  test('[E6] every body reference in an event is found, wherever it is', () => {
    const ref = { digest: 'a'.repeat(64), mediaType: 'text/plain', size: 3 }
    expect(
      referencesIn({
        toolCallChanged: { content: [{ newTextBody: ref }, { block: { textBody: ref } }], rawOutputBody: ref },
      }),
    ).toEqual([ref, ref, ref])
  })
})

describe('what processes share', () => {
  test('changes made at once are all kept', async () => {
    const path = join(await folder(), 'list.json')
    const parse = (value: unknown) => (Array.isArray(value) ? (value as number[]) : [])
    await Promise.all(Array.from({ length: 20 }, (_, n) => changeShared(path, parse, (now) => [...now, n])))
    expect((JSON.parse(await readFile(path, 'utf8')) as number[]).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, n) => n),
    )
  })

  test('[T2] a host keeps its one key: opened twice at once it is the same, and a damaged file is not replaced', async () => {
    const hostDir = await folder()
    const [one, two] = await Promise.all([openIdentity(hostDir), openIdentity(hostDir)])
    expect(one.hostId).toBe(two.hostId)
    expect(one.hostId).toBe(await principalId('hst', one.publicKey))
    await writeFile(join(hostDir, 'key.json'), '{"half"')
    await expect(openIdentity(hostDir)).rejects.toMatchObject({ fault: 'CORRUPT' })
    expect(await readFile(join(hostDir, 'key.json'), 'utf8')).toBe('{"half"')
  })
})

describe('[T5] the roster', () => {
  const device = async (rung: Rung) => {
    const keys = await generateKeys(false)
    const publicKey = await exportPublicKey(keys.publicKey)
    return { keys, id: await principalId('dev', publicKey), name: 'x', publicKey, rung }
  }
  const trusted = { via: 'paired', addedAt: '2026-01-01T00:00:00.000Z' }
  const facts = ({ id, name, publicKey, rung }: Awaited<ReturnType<typeof device>>) => ({ id, name, publicKey, rung })

  test('takes a device only under the id of its key', async () => {
    const roster = openRoster(await folder())
    const [a, b] = [await device('STEER'), await device('STEER')]
    await expect(roster.add({ ...facts(a), id: b.id, ...trusted })).rejects.toThrow('does not belong')
    await roster.add({ ...facts(a), ...trusted })
    expect(await roster.find(a.id)).toMatchObject({ rung: 'STEER' })
    await roster.remove(a.id)
    expect(await roster.find(a.id)).toBeNull()
  })

  test('learns a device on the word of one it trusts, never for more than that one may', async () => {
    const roster = openRoster(await folder())
    const [old, fresh, stranger] = [await device('STEER'), await device('ANSWER'), await device('ANSWER')]
    await roster.add({ ...facts(old), ...trusted })
    const word = async (by: typeof old, of: ReturnType<typeof facts>) => ({
      hostId: 'hst_x',
      endorserId: old.id,
      device: of,
      signature: await sign(
        by.keys.privateKey,
        endorsementBytes({ hostId: 'hst_x', deviceId: of.id, publicKey: of.publicKey, rung: of.rung }),
      ),
    })
    expect(await roster.endorse(await word(stranger, facts(fresh)))).toContain('signature')
    expect(await roster.endorse(await word(old, { ...facts(fresh), rung: 'FULL' }))).toContain('more than it may')
    expect(await roster.endorse({ ...(await word(old, facts(fresh))), endorserId: stranger.id })).toContain(
      'not in the roster',
    )
    expect(await roster.endorse(await word(old, facts(fresh)))).toBeNull()
    expect(await roster.find(fresh.id)).toMatchObject({ rung: 'ANSWER', via: old.id })
    // Said again after the terminal has lowered it: the old word raises nothing.
    await roster.add({ ...facts(fresh), rung: 'VIEW', ...trusted })
    expect(await roster.endorse(await word(old, facts(fresh)))).toContain('only this terminal')
    expect(await roster.find(fresh.id)).toMatchObject({ rung: 'VIEW' })
    // Said again after this machine has forgotten it: a dishonest server keeps old words (T5). Only a new pairing undoes it.
    await roster.remove(fresh.id)
    expect(await roster.endorse(await word(old, facts(fresh)))).toContain('forgotten')
    expect(await roster.find(fresh.id)).toBeNull()
    await roster.add({ ...facts(fresh), rung: 'VIEW', ...trusted })
    expect(await roster.find(fresh.id)).toMatchObject({ rung: 'VIEW' })
  })
})

test('a command that is gone when it is acknowledged holds up no other: the poll goes on and the link is not called lost', async () => {
  const command = (id: string) => ({ __typename: 'CancelTurn', id }) as unknown as HostCommand
  const answers = [[command('gone'), command('there')], [command('there')]]
  const lost: string[] = []
  const taken: string[] = []
  const server = (async (document: unknown, variables: { ids?: string[]; hostId: string }, options: AskOptions) => {
    if (document === AcknowledgeCommands) {
      if (variables.ids?.includes('gone')) throw new RemoteError('NOT_FOUND', 'There is no such command.')
      return { acknowledgeCommands: variables.ids?.map((id) => ({ id, state: 'DELIVERED' })) }
    }
    const commands = answers.shift()
    if (commands === undefined) await pause(60_000, options.signal)
    return {
      hostCommands: { commands, after: 'x', policy: { remoteControl: 'VIEW_AND_CONTROL' }, revokedDeviceIds: [] },
    }
  }) as unknown as Caller
  const done = new Promise<void>((resolve) => {
    const poller = createPoller({
      ...{ call: server, hostId: 'hst_x', takes: () => true },
      onCommand: ({ id }) => {
        taken.push(id)
        resolve(poller.close())
      },
      news: { onFacts: () => {}, onReached: () => {}, onLost: ({ code }) => void lost.push(code) },
    })
  })
  await done
  expect([taken, lost]).toEqual([['there'], []])
})

test('[C5] what the server says to the taking comes with each command: one refused meanwhile is told from one delivered', async () => {
  const command = (id: string) => ({ __typename: 'SendPrompt', id }) as unknown as HostCommand
  const answers = [[command('refused'), command('given')]]
  const taken: string[] = []
  const server = (async (document: unknown, variables: { ids?: string[] }, options: AskOptions) => {
    if (document === AcknowledgeCommands) {
      return {
        acknowledgeCommands: variables.ids?.map((id) => ({ id, state: id === 'given' ? 'DELIVERED' : 'REFUSED' })),
      }
    }
    const commands = answers.shift()
    if (commands === undefined) await pause(60_000, options.signal)
    return {
      hostCommands: { commands, after: 'x', policy: { remoteControl: 'VIEW_AND_CONTROL' }, revokedDeviceIds: [] },
    }
  }) as unknown as Caller
  await new Promise<void>((resolve) => {
    const poller = createPoller({
      ...{ call: server, hostId: 'hst_x', takes: () => true },
      onCommand: ({ id }, { state }) => {
        taken.push(`${id} ${state}`)
        if (id === 'given') resolve(poller.close())
      },
      news: { onFacts: () => {}, onReached: () => {}, onLost: () => {} },
    })
  })
  expect(taken).toEqual(['refused REFUSED', 'given DELIVERED'])
})

test('waiting ends at once with its signal; the wait before another try doubles up to its bound', async () => {
  const stop = new AbortController()
  const waiting = pause(60_000, stop.signal)
  stop.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')
  const backoff = createBackoff({ minMs: 100, maxMs: 1_000, random: () => 1 })
  expect(Array.from({ length: 6 }, () => backoff.next())).toEqual([100, 200, 400, 800, 1_000, 1_000])
})
