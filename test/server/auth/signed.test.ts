/** The quick look at a signature and a digest says what the protocol's own says, of anything. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromBase64Url, sha256Hex, toBase64Url } from '../../../protocol/bytes.ts'
import { exportPublicKey, generateKeys, sign, verify } from '../../../protocol/keys.ts'
import { digestHex, isSignedBy } from '../../../server/auth/signed.ts'

test('[T5] a signature holds for its key and its bytes alone, and whatever is bent is false here as there', async () => {
  const keys = await Promise.all([generateKeys(false), generateKeys(false)])
  const [mine = '', theirs = ''] = await Promise.all(keys.map(({ publicKey }) => exportPublicKey(publicKey)))
  const [{ privateKey } = await generateKeys(false)] = keys
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1 }), fc.nat(), fc.nat(), async (given, at, bit) => {
      const bytes = new Uint8Array(given)
      const bent = (whole: Uint8Array) => {
        const other = new Uint8Array(whole)
        other[at % other.length] = (other[at % other.length] ?? 0) ^ (1 << (bit % 8))
        return other
      }
      const signature = await sign(privateKey, bytes)
      expect(await isSignedBy(mine, bytes, signature)).toBe(true)
      for (const [key, said, proof] of [
        [theirs, bytes, signature],
        [mine, bent(bytes), signature],
        [mine, bytes, toBase64Url(bent(fromBase64Url(signature)))],
        [toBase64Url(bent(fromBase64Url(mine))), bytes, signature],
      ] as const) {
        const isSigned = await verify(key, said, proof)
        expect(isSigned).toBe(false)
        expect(await isSignedBy(key, said, proof)).toBe(isSigned)
      }
    }),
    { numRuns: 40 },
  )
})

test('[T5] what is no key or no signature is false, and no error', async () => {
  const { publicKey, privateKey } = await generateKeys(false)
  const [key, bytes] = [await exportPublicKey(publicKey), new Uint8Array([1, 2, 3])]
  const signature = await sign(privateKey, bytes)
  const zeros = (length: number) => toBase64Url(new Uint8Array(length))
  const bad = [
    '',
    '!',
    'AAAA',
    `${signature}=`,
    ` ${signature}`,
    zeros(64),
    zeros(65),
    'A'.repeat(87),
    `${signature}\n`,
  ]
  for (const one of bad) {
    expect(await isSignedBy(key, bytes, one)).toBe(false)
    expect(await isSignedBy(one, bytes, signature)).toBe(false)
    expect(await isSignedBy(one, bytes, signature)).toBe(await verify(one, bytes, signature))
  }
  expect(await isSignedBy(key, bytes, signature)).toBe(true)
})

test('a digest is that of the same bytes, half a surrogate pair included', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary', size: 'max', maxLength: 2000 }), async (text) => {
      expect(digestHex(text)).toBe(await sha256Hex(text))
    }),
  )
  for (const text of ['', 'é漢🙂', '\ud800', 'x\udc00y']) expect(digestHex(text)).toBe(await sha256Hex(text))
})
