/** What a host believes of a passkey: vectors that Chromium 156's own authenticator made (CDP, ES256), each field changed once, and RSA and Ed25519 beside. */
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { expect, test } from 'vitest'
import { doubtAbout, readPasskeyKey } from '../../../agent-cli/remote/assertion.ts'
import { isVouched } from '../../../server/auth/web-authn.ts'
import { createAuthenticator } from '../../kit/authenticator.ts'

const origin = 'http://localhost:4780'
const challenge = Buffer.alloc(32, 2).toString('base64url')
const id = 'jBcIu6YORyLpjAgi_lwL21WMTAW1bN5rggeETk6CNxQ'
const publicKey =
  'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAElc7gMr45VlEwvWdS_kPbic-XokR-34H51ePjNqdzg7YqEsWB2ELLuqiWOO3PY72yu8F0GGGLz-uhBKbppNToAg'
const pinned = { id, publicKey, origin }
const verified = {
  id,
  authenticatorData: 'SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2MFAAAAAg',
  clientData:
    'eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoiQWdJQ0FnSUNBZ0lDQWdJQ0FnSUNBZ0lDQWdJQ0FnSUNBZ0lDQWdJQ0FnSSIsIm9yaWdpbiI6Imh0dHA6Ly9sb2NhbGhvc3Q6NDc4MCIsImNyb3NzT3JpZ2luIjpmYWxzZSwib3RoZXJfa2V5c19jYW5fYmVfYWRkZWRfaGVyZSI6ImRvIG5vdCBjb21wYXJlIGNsaWVudERhdGFKU09OIGFnYWluc3QgYSB0ZW1wbGF0ZS4gU2VlIGh0dHBzOi8vZ29vLmdsL3lhYlBleCJ9',
  signature: 'MEYCIQCSm8sVI4ex0wy1WaScMDvSyTGU7p18tHTJUr82wFU9VwIhAO-FQboMTbWALW5VmA53m7CJ_ZuLwYQUEGhhbNzkMr1e',
}
/** The same authenticator, touched, its person not verified. */
const touched = {
  id,
  authenticatorData: 'SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2MBAAAAAw',
  clientData:
    'eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoiQWdJQ0FnSUNBZ0lDQWdJQ0FnSUNBZ0lDQWdJQ0FnSUNBZ0lDQWdJQ0FnSSIsIm9yaWdpbiI6Imh0dHA6Ly9sb2NhbGhvc3Q6NDc4MCIsImNyb3NzT3JpZ2luIjpmYWxzZX0',
  signature: 'MEQCID7qpA5VmLab0hunz46VVkX44PCTLjMPet6PO2Tc3RItAiAux2-6JYXy2fwo3nFYTxR6auUBeMb77dTrnsqNEHnViw',
}
const changed = (text: string, at: number, to: number): string => {
  const bytes = Buffer.from(text, 'base64url')
  bytes[at] = to
  return bytes.toString('base64url')
}
const said = (change: object) =>
  Buffer.from(
    JSON.stringify({ ...JSON.parse(Buffer.from(verified.clientData, 'base64url').toString()), ...change }),
  ).toString('base64url')

test('[T4] what a real authenticator signed with its person verified is believed', () => {
  expect(doubtAbout(verified, pinned, challenge)).toBeNull()
})

test.each([
  ['its person was not verified', touched],
  ['its signature is wrong', { ...touched, authenticatorData: changed(touched.authenticatorData, 32, 0x05) }],
  ['its person was not verified', { ...verified, authenticatorData: changed(verified.authenticatorData, 32, 0x04) }],
  ['it belongs to another address', { ...verified, authenticatorData: changed(verified.authenticatorData, 0, 0) }],
  ['its signature is wrong', { ...verified, authenticatorData: changed(verified.authenticatorData, 36, 9) }],
  ['its data is cut off', { ...verified, authenticatorData: verified.authenticatorData.slice(0, 40) }],
  ['its data is cut off', { ...verified, authenticatorData: '' }],
  ['its signature is wrong', { ...verified, signature: touched.signature }],
  ['its signature is wrong', { ...verified, signature: '' }],
  ['its signature is wrong', { ...verified, clientData: said({ more: 1 }) }],
  ['it is no assertion', { ...verified, clientData: said({ type: 'webauthn.create' }) }],
  ['it was made for something else', { ...verified, clientData: said({ challenge: 'AAAA' }) }],
  ['it was made on another page', { ...verified, clientData: said({ origin: 'http://localhost:9' }) }],
  ['it was made on another page', { ...verified, clientData: said({ crossOrigin: true }) }],
  ['it is no assertion', { ...verified, clientData: 'AAAA' }],
  ['it is no assertion', { ...verified, clientData: Buffer.from('null').toString('base64url') }],
  ['another passkey has signed than the one that is named', { ...verified, id: 'other' }],
])('[T4] doubted: %s (%#)', (why, assertion) => expect(doubtAbout(assertion, pinned, challenge)).toBe(why))

test('[T4] what a host doubts, a server doubts with its library; what one believes, so does the other', async () => {
  const authenticator = createAuthenticator({ origin })
  const { attestationObject } = authenticator.create(challenge)
  const cose = Buffer.from(attestationObject, 'base64url').subarray(-77).toString('base64url')
  const known = { id: authenticator.id, publicKey: cose, origin }
  for (const as of [{}, { verifies: false }, { origin: 'http://localhost:9' }, { crossOrigin: true }, { type: 'x' }]) {
    const assertion = authenticator.get(challenge, as)
    const isGood = Object.keys(as).length === 0
    expect(doubtAbout(assertion, authenticator, challenge) === null, JSON.stringify(as)).toBe(isGood)
    expect(await isVouched(assertion, known, challenge), JSON.stringify(as)).toBe(isGood)
  }
})

test('[T4] passkeys with RSA and Ed25519 count too; a key of another kind cannot be pinned', () => {
  const head = Buffer.from(verified.authenticatorData, 'base64url')
  const clientData = Buffer.from(verified.clientData, 'base64url')
  const bytes = Buffer.concat([head, createHash('sha256').update(clientData).digest()])
  const spki = (key: { export(how: { format: 'der'; type: 'spki' }): Buffer }) =>
    key.export({ format: 'der', type: 'spki' }).toString('base64url')
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const edwards = generateKeyPairSync('ed25519')
  const other = generateKeyPairSync('x25519')
  for (const [{ publicKey, privateKey }, digest] of [
    [rsa, 'sha256'],
    [edwards, null],
  ] as const) {
    const signature = sign(digest, bytes, privateKey).toString('base64url')
    expect(doubtAbout({ ...verified, signature }, { ...pinned, publicKey: spki(publicKey) }, challenge)).toBeNull()
    expect(doubtAbout(verified, { ...pinned, publicKey: spki(publicKey) }, challenge)).toBe('its signature is wrong')
  }
  expect(() => readPasskeyKey(spki(other.publicKey))).toThrow(RangeError)
  expect(() => readPasskeyKey('AAAA')).toThrow(RangeError)
})
