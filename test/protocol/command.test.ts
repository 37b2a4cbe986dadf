/** The bytes of a command, against another implementation's, and what changing any part of it does. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sha256, toHex } from '../../protocol/bytes.ts'
import { canonicalJson, type Json } from '../../protocol/canonical-json.ts'
import {
  clockSlackSeconds,
  commandBytes,
  counterWindow,
  idOfKey,
  nextCounter,
  readProof,
  type SignedCommand,
  validSeconds,
  writeProof,
} from '../../protocol/command.ts'
import { contentOfInput, decisionOfInput, type SteeringFields } from '../../protocol/command-input.ts'
import { exportPublicKey, generateKeys, sign, verify } from '../../protocol/keys.ts'
import { idOfKey as idAtServer } from '../../server/store/ids.ts'
import { COMMANDS, IDS } from './command-vectors.ts'
import { JOINER } from './vectors.ts'

const page = readFileSync('docs/protocol.md', 'utf8')

describe('[T5] a signed command', () => {
  test.each(COMMANDS)('has the bytes that another implementation has: $command.content.kind', async (vector) => {
    const bytes = await commandBytes(vector.command)
    expect(toHex(await sha256(bytes))).toBe(vector.digest)
    expect(await verify(JOINER.publicKey, bytes, vector.signature)).toBe(true)
    for (const value of [vector.digest, vector.signature]) expect(page).toContain(value)
  })

  test('is another one when any part of it is another', async () => {
    const [prompt, answer] = COMMANDS.map((vector) => vector.command)
    if (!prompt || !answer?.decision) throw new Error('there are vectors')
    const { decision, content } = answer
    const others: SignedCommand[] = [
      prompt,
      { ...answer, hostId: 'hst_x' },
      { ...answer, sessionId: 'ses_x' },
      { ...answer, deviceId: 'dev_x' },
      { ...answer, key: 'key-0000000000000002' },
      { ...answer, counter: 8 },
      { ...answer, madeAtMs: 1 },
      { ...answer, passkeyId: 'p' },
      { ...answer, decision: null },
      { ...answer, decision: { ...decision, id: 'dec_x' } },
      { ...answer, decision: { ...decision, epoch: 2 } },
      { ...answer, decision: { ...decision, evidenceDigest: null } },
      { ...answer, content: { kind: 'AnswerPermission', optionId: 'no', optionName: 'Allow once', reason: null } },
      { ...answer, content: { kind: 'AnswerPermission', optionId: 'once', optionName: 'Deny', reason: null } },
      { ...answer, content: { kind: 'AnswerPermission', optionId: 'once', optionName: 'Allow once', reason: '' } },
      { ...answer, content: { kind: 'StopSession' } },
    ]
    const seen = new Set<string>()
    for (const one of [{ ...answer, content }, ...others]) seen.add(toHex(await sha256(await commandBytes(one))))
    expect(seen.size).toBe(others.length + 1)
  })

  test('has no room for a second line in one of its parts', async () => {
    const [first] = COMMANDS
    if (!first) throw new Error('there are vectors')
    await expect(commandBytes({ ...first.command, key: 'a\nb' })).rejects.toThrow(RangeError)
  })

  test('derives its ids as the server does', async () => {
    for (const kind of ['cmd', 'prm'] as const) {
      expect(await idOfKey(kind, JOINER.deviceId, IDS.key)).toBe(IDS[kind])
      expect(idAtServer(kind, JOINER.deviceId, IDS.key)).toBe(IDS[kind])
    }
  })

  test('the input of a mutation is the same content with its defaults written out', () => {
    const base = { key: IDS.key, sessionId: 'ses_x' }
    expect(contentOfInput('sendPrompt', { ...base, text: 'go' }, {})).toEqual({
      ...{ kind: 'SendPrompt', text: 'go', attachments: [], delivery: 'AFTER_TURN', modeId: null, modeName: null },
    })
    const answer = { accept: { values: [{ name: 'n', value: { number: 0 } }] } }
    const question: SteeringFields = { ...base, decisionId: 'dec_1', epoch: 3, answer }
    expect(contentOfInput('answerQuestion', question, {})).toEqual({
      ...{ kind: 'AnswerQuestion', accepted: true, reason: null, values: [{ name: 'n', value: 0 }] },
    })
    expect(decisionOfInput(question)).toEqual({ id: 'dec_1', epoch: 3, evidenceDigest: null })
    expect(contentOfInput('answerQuestion', { ...base, answer: { decline: {} } }, {})).toMatchObject({
      accepted: false,
    })
  })
})

describe('[T5] a proof', () => {
  const signature = 'A'.repeat(86)
  test('is read as it was written', () => {
    const proof = { counter: 5, madeAtMs: 1_700_000_000_000, signature, assertion: null }
    expect(readProof(writeProof(proof))).toEqual(proof)
    const assertion = { id: 'a-b_c', authenticatorData: 'AA', clientData: 'BB', signature: 'CC' }
    expect(readProof(writeProof({ ...proof, assertion }))).toEqual({ ...proof, assertion })
  })
  test.each([
    ['nothing', ''],
    ['another version', `v2.1.1.${signature}`],
    ['a number written twice', `v1.01.1.${signature}`],
    ['a number that is not exact', `v1.9999999999999999.1.${signature}`],
    ['a sign', `v1.-1.1.${signature}`],
    ['a short signature', 'v1.1.1.AAAA'],
    ['half an assertion', `v1.1.1.${signature}.id.AA`],
    ['a second line', `v1.1.1.${signature}\n`],
  ])('is none: %s', (_name, text) => expect(readProof(text)).toBeNull())
})

test('[T5] counters rise, also when the clock is set back or a device is put back from a copy', () => {
  expect(nextCounter(0, 1000)).toBe(1000)
  expect(nextCounter(1000, 1000)).toBe(1001)
  expect(nextCounter(5000, 1000)).toBe(5001)
})

test('the limits of a signed command stand in docs/protocol.md', () => {
  for (const words of [
    `${counterWindow} counters`,
    `${clockSlackSeconds / 60} min ahead`,
    `${validSeconds.answer / 60} min`,
    `${validSeconds.steer / 3600} h`,
    `${validSeconds.full / 60} min`,
  ])
    expect(page).toContain(words)
})

test('canonical JSON: one spelling for one value, whatever the order of its fields', () => {
  expect(canonicalJson({ b: [1, 1e21, -0, 0.1], a: { '\u20ac': '\u0007"/', é: null } })).toBe(
    '{"a":{"é":null,"€":"\\u0007\\"/"},"b":[1,1e+21,0,0.1]}',
  )
  const json = fc.jsonValue() as fc.Arbitrary<Json>
  fc.assert(
    fc.property(json, (value) => {
      const text = canonicalJson(value)
      expect(canonicalJson(JSON.parse(text))).toBe(text)
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
    }),
    { numRuns: 300 },
  )
})

test('another key’s signature is no signature', async () => {
  const [first] = COMMANDS
  if (!first) throw new Error('there are vectors')
  const bytes = await commandBytes(first.command)
  const pair = await generateKeys(false)
  const signature = await sign(pair.privateKey, bytes)
  expect(await verify(await exportPublicKey(pair.publicKey), bytes, signature)).toBe(true)
  expect(await verify(JOINER.publicKey, bytes, signature)).toBe(false)
})
