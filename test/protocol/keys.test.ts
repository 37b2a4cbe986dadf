import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromBase64Url, toBase64Url, utf8 } from '../../protocol/bytes.ts'
import { credentialBytes } from '../../protocol/credential.ts'
import { exportPublicKey, generateKeys, principalId, sign, verify } from '../../protocol/keys.ts'
import { JOINER, OPENER } from './vectors.ts'

test('a public key travels as its 65 raw bytes, a signature as 64', async () => {
  const keys = await generateKeys(false)
  expect(fromBase64Url(await exportPublicKey(keys.publicKey)).length).toBe(65)
  expect(fromBase64Url(await sign(keys.privateKey, utf8('x'))).length).toBe(64)
})

test('[T2] a device’s private half cannot be taken out of its browser; a host’s can be written to its disk', async () => {
  const device = await generateKeys(false)
  await expect(crypto.subtle.exportKey('jwk', device.privateKey)).rejects.toThrow()
  const host = await generateKeys(true)
  expect((await crypto.subtle.exportKey('jwk', host.privateKey)).kty).toBe('EC')
})

test('[T5] a signature holds for its key and its bytes alone; malformed ones are false, not errors', async () => {
  const [one, other] = [await generateKeys(false), await generateKeys(false)]
  const [mine, theirs] = [await exportPublicKey(one.publicKey), await exportPublicKey(other.publicKey)]
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1 }), fc.nat(), async (given, at) => {
      const bytes = new Uint8Array(given)
      const signature = await sign(one.privateKey, bytes)
      expect(await verify(mine, bytes, signature)).toBe(true)
      expect(await verify(theirs, bytes, signature)).toBe(false)
      const changed = new Uint8Array(bytes)
      changed[at % changed.length] = (changed[at % changed.length] ?? 0) ^ 1
      expect(await verify(mine, changed, signature)).toBe(false)
      const bent = fromBase64Url(signature)
      bent[at % 64] = (bent[at % 64] ?? 0) ^ 1
      expect(await verify(mine, bytes, toBase64Url(bent))).toBe(false)
    }),
    { numRuns: 30 },
  )
  for (const bad of ['', 'AAAA', '!', toBase64Url(new Uint8Array(64))]) {
    expect(await verify(mine, utf8('x'), bad)).toBe(false)
    expect(await verify(bad, utf8('x'), await sign(one.privateKey, utf8('x')))).toBe(false)
  }
})

test('[T5] an id commits to its key: another key, or the other kind, is another id', async () => {
  expect(await principalId('hst', OPENER.publicKey)).toBe(OPENER.hostId)
  expect(await principalId('dev', JOINER.publicKey)).toBe(JOINER.deviceId)
  const keys = await Promise.all(
    Array.from({ length: 20 }, async () => exportPublicKey((await generateKeys(false)).publicKey)),
  )
  const ids = await Promise.all(keys.flatMap((key) => [principalId('hst', key), principalId('dev', key)]))
  expect(new Set(ids).size).toBe(40)
  for (const id of ids) expect(id).toMatch(/^(hst|dev)_[\w-]{22}$/)
})

test('[T2] what a host signs for a credential names host, session and nonce', () => {
  const text = (sessionId: string | null) =>
    new TextDecoder().decode(credentialBytes({ hostId: 'hst_a', nonce: 'n', sessionId }))
  expect(text('ses_b')).toBe('offdesk/credential/1\nhst_a\nses_b\nn')
  expect(text(null)).toBe('offdesk/credential/1\nhst_a\n-\nn')
})
