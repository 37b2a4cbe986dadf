import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { randomText, toBase64Url } from '../../protocol/bytes.ts'
import {
  ALPHABET,
  commitment,
  endorsementBytes,
  evidenceDigest,
  type Handshake,
  joinMac,
  matchCode,
  normaliseCode,
  pairingLink,
  parsePairingFragment,
  spaced,
} from '../../protocol/pairing.ts'
import { EXPECTED, JOINER, OPENER, SECRET } from './vectors.ts'

const seen = (purpose: Handshake['purpose']): Handshake => ({
  ...{ purpose, openerPublicKey: OPENER.publicKey, openerNonce: OPENER.nonce },
  ...{ joinerPublicKey: JOINER.publicKey, joinerNonce: JOINER.nonce },
})

describe.each(EXPECTED)('the vectors for $purpose', ({ purpose, ...expected }) => {
  test('commitment, match code and proof of the QR are what the other implementation has', async () => {
    expect(await commitment(purpose, OPENER.publicKey, OPENER.nonce)).toBe(expected.commitment)
    expect(await matchCode(seen(purpose))).toBe(expected.matchCode)
    expect(await joinMac(SECRET, seen(purpose))).toBe(expected.mac)
  })

  test('stand in docs/protocol.md, with their inputs', () => {
    const page = readFileSync('docs/protocol.md', 'utf8')
    const ids = [OPENER.hostId, JOINER.deviceId, OPENER.publicKey, JOINER.publicKey, OPENER.nonce, JOINER.nonce, SECRET]
    for (const value of [...Object.values(expected), ...ids]) expect(page).toContain(value)
  })
})

describe('[peers 13] the match code', () => {
  test('is six of 32 signs, so 30 bits, and depends on every part of the handshake', async () => {
    expect(ALPHABET).toHaveLength(32)
    expect(ALPHABET).not.toMatch(/[ILOU]/)
    const base = await matchCode(seen('PAIR_DEVICE'))
    expect(base).toMatch(new RegExp(`^[${ALPHABET}]{6}$`))
    const others = await Promise.all([
      matchCode(seen('ENROL_HOST')),
      ...(['openerPublicKey', 'openerNonce', 'joinerPublicKey', 'joinerNonce'] as const).map((part) =>
        matchCode({ ...seen('PAIR_DEVICE'), [part]: randomText(32) }),
      ),
    ])
    expect(new Set([base, ...others]).size).toBe(6)
  })

  test('does not fit when the keys change places: who opened is part of it', async () => {
    const { purpose, openerPublicKey, openerNonce, joinerPublicKey, joinerNonce } = seen('PAIR_DEVICE')
    const turned = { purpose, openerPublicKey: joinerPublicKey, openerNonce: joinerNonce }
    const other = await matchCode({ ...turned, joinerPublicKey: openerPublicKey, joinerNonce: openerNonce })
    expect(other).not.toBe(EXPECTED[0].matchCode)
  })

  test('uses every sign about equally often at every place', async () => {
    const counts = Array.from({ length: 6 }, () => new Map<string, number>())
    for (let round = 0; round < 3200; round++) {
      const code = await matchCode({ ...seen('PAIR_DEVICE'), joinerNonce: `nonce${round}` })
      for (const [at, count] of counts.entries()) count.set(code.charAt(at), (count.get(code.charAt(at)) ?? 0) + 1)
    }
    // 100 expected of each; a sign that cannot come, or comes twice as often, is far outside.
    for (const count of counts) for (const sign of ALPHABET) expect(count.get(sign) ?? 0).toBeGreaterThan(50)
  })

  test('is shown in two groups of three', () => expect(spaced('K7M2QX')).toBe('K7M 2QX'))
})

test('[peers 13] a commitment fits one nonce, one key, one purpose', async () => {
  const made = await Promise.all([
    commitment('PAIR_DEVICE', OPENER.publicKey, OPENER.nonce),
    commitment('ENROL_HOST', OPENER.publicKey, OPENER.nonce),
    commitment('PAIR_DEVICE', JOINER.publicKey, OPENER.nonce),
    commitment('PAIR_DEVICE', OPENER.publicKey, JOINER.nonce),
  ])
  expect(new Set(made).size).toBe(4)
})

test('the proof of the QR needs its secret', async () => {
  expect(await joinMac(toBase64Url(new Uint8Array(16)), seen('PAIR_DEVICE'))).not.toBe(EXPECTED[0].mac)
})

describe('a code as people type it', () => {
  test.each([
    ['k7m2-qx9a', 'K7M2QX9A'],
    [' K7M2 QX9A ', 'K7M2QX9A'],
    ['o0Il-1L', '001111'],
  ])('%j is %j', (typed, code) => expect(normaliseCode(typed)).toBe(code))

  test('every code survives small letters, blanks and dashes', () => {
    const code = fc.array(fc.constantFrom(...ALPHABET), { minLength: 8, maxLength: 8 })
    const between = fc.constantFrom('', ' ', '-', ' - ')
    fc.assert(
      fc.property(code, between, fc.boolean(), (signs, gap, small) => {
        const typed = signs.join(gap)
        expect(normaliseCode(small ? typed.toLowerCase() : typed)).toBe(signs.join(''))
      }),
    )
  })
})

describe('the QR’s link', () => {
  const link = { code: 'K7M2QX9A', secret: SECRET, hostId: OPENER.hostId }

  test('keeps everything in the fragment, which browsers do not send', () => {
    const url = new URL(pairingLink('https://desk.example/', link))
    expect([url.origin, url.pathname, url.search]).toEqual(['https://desk.example', '/pair', ''])
    expect(parsePairingFragment(url.hash)).toEqual(link)
    expect(parsePairingFragment(url.hash.slice(1))).toEqual(link)
  })

  test.each([
    '',
    '#',
    '#K7M2QX9A',
    `#k7m2qx9a.${SECRET}.${OPENER.hostId}`,
    `#K7M2QX9A.${SECRET}.${JOINER.deviceId}`,
    `#K7M2QX9A.${SECRET}.${OPENER.hostId}.more`,
    `#K7M2QX9A.${SECRET}`,
    `#K7M2QX9A.${SECRET}=.${OPENER.hostId}`,
    `#K7M2QX9A.${SECRET}.${OPENER.hostId}\n`,
  ])('%j is none', (fragment) => expect(parsePairingFragment(fragment)).toBeNull())

  test('no text makes the reader throw, or gives a link that is not written back the same', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ size: 'max', maxLength: 2000 }),
          fc.string().map((text) => `#K7M2QX9A.${text}`),
        ),
        (text) => {
          const read = parsePairingFragment(text)
          if (read) expect(pairingLink('https://x', read)).toBe(`https://x/pair#${text.replace(/^#/, '')}`)
        },
      ),
    )
  })
})

test('[T5] an endorsement names host, device, key and rung', () => {
  const text = endorsementBytes({ hostId: 'hst_a', deviceId: 'dev_b', publicKey: 'key', rung: 'STEER' })
  expect(new TextDecoder().decode(text)).toBe('offdesk/endorse/1\nhst_a\ndev_b\nkey\nSTEER')
  const smuggled = { hostId: 'hst_a', deviceId: 'dev_b', publicKey: 'key\nFULL', rung: 'VIEW' }
  expect(() => endorsementBytes(smuggled)).toThrow(RangeError)
})

test('[D1] evidence is hashed verbatim: a blank more is another digest', async () => {
  expect(await evidenceDigest('rm -rf build')).toMatch(/^[0-9a-f]{64}$/)
  expect(await evidenceDigest('rm -rf build ')).not.toBe(await evidenceDigest('rm -rf build'))
})
