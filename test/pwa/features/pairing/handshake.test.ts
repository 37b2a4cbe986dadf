/** The joiner's side against real computations and a server that is played here, honest or not (0001). */
import { describe, expect, it } from 'vitest'
import { randomText } from '../../../../protocol/bytes.ts'
import { commitment, joinMac, matchCode } from '../../../../protocol/pairing.ts'
import { localDeadline } from '../../../../pwa/features/pairing/handshake.ts'
import { device, hostOf, joined, played } from './played.ts'

describe('pairing, the side of the device', () => {
  it('[0001] both sides show the same code, and the token is kept only after the key press', async () => {
    const server = await played()
    const phone = await device(server)
    const { publicKey, nonce } = await joined(server)
    server.move({ state: 'REVEALED', openerNonce: server.host.nonce })
    const { code } = await phone.reaches('matching')
    expect(code).toBe(
      await matchCode({
        purpose: 'PAIR_DEVICE',
        openerPublicKey: server.host.publicKey,
        openerNonce: server.host.nonce,
        joinerPublicKey: publicKey ?? '',
        joinerNonce: nonce ?? '',
      }),
    )
    expect(phone.taken.some((step) => step.kind === 'done')).toBe(false)
    server.move({ state: 'CONFIRMED' })
    const done = await phone.reaches('done')
    expect(done.token).toBe('odd_token')
    expect(done.pairing.sessionId).toBe('ses_1')
  })

  it('[0001] with a QR it proves that it has read the secret', async () => {
    const server = await played()
    const link = { code: 'K7M2QX3D', secret: randomText(16), hostId: server.host.id }
    const phone = await device(server, link)
    const input = await joined(server)
    expect(input.mac).toBe(
      await joinMac(link.secret, {
        purpose: 'PAIR_DEVICE',
        openerPublicKey: server.host.publicKey,
        joinerPublicKey: phone.publicKey,
        joinerNonce: input.nonce ?? '',
      }),
    )
    phone.handshake.close()
  })

  it('[13] a server that shows its own key for the host of the QR gets neither key nor nonce', async () => {
    const stranger = await hostOf()
    const server = await played(() => ({ openerPublicKey: stranger.publicKey, hostId: stranger.id }))
    const link = { code: 'K7M2QX3D', secret: randomText(16), hostId: server.host.id }
    const phone = await device(server, link)
    expect(await phone.fails()).toEqual({ kind: 'key-mismatch' })
    expect(server.called()).not.toContain('JoinPairing')
  })

  it('[13] with a typed code, a key that does not fit the id shown beside it ends the pairing', async () => {
    const stranger = await hostOf()
    const server = await played(() => ({ openerPublicKey: stranger.publicKey }))
    const phone = await device(server)
    expect(await phone.fails()).toEqual({ kind: 'key-mismatch' })
  })

  it('[13] a server that withholds the commitment gets neither key nor nonce', async () => {
    const server = await played((_pairing, call) => (call === 'ClaimPairing' ? { commitment: '' } : {}))
    const phone = await device(server)
    expect(await phone.fails()).toEqual({ kind: 'commitment-broken' })
    expect(server.called()).not.toContain('JoinPairing')
  })

  it('[13] a nonce chosen after ours was seen does not fit the commitment, even when the server rewrites that too', async () => {
    const server = await played()
    const other = randomText(32)
    const phone = await device(server)
    await joined(server)
    const rewritten = await commitment('PAIR_DEVICE', server.host.publicKey, other)
    server.move({ state: 'REVEALED', openerNonce: other, commitment: rewritten })
    expect(await phone.fails()).toEqual({ kind: 'commitment-broken' })
    await expect.poll(() => server.called()).toContain('RefusePairing')
  })

  it('[13] a key swapped between claim and reveal changes the code: the two sides differ', async () => {
    const stranger = await hostOf()
    const server = await played()
    const phone = await device(server)
    const input = await joined(server)
    server.move({ state: 'REVEALED', openerNonce: server.host.nonce, openerPublicKey: stranger.publicKey })
    const { code } = await phone.reaches('matching')
    const atStranger = await matchCode({
      purpose: 'PAIR_DEVICE',
      openerPublicKey: stranger.publicKey,
      openerNonce: server.host.nonce,
      joinerPublicKey: input.publicKey ?? '',
      joinerNonce: input.nonce ?? '',
    })
    expect(code).not.toBe(atStranger)
    phone.handshake.close()
  })

  it('[13] a confirmation before the reveal pairs nothing', async () => {
    const server = await played()
    const phone = await device(server)
    await joined(server)
    server.move({ state: 'CONFIRMED' })
    expect(await phone.fails()).toEqual({ kind: 'commitment-broken' })
  })

  it('says who ended it: n at the terminal, the codes differ here, nobody in time', async () => {
    const there = await played()
    const refused = await device(there)
    await joined(there)
    there.move({ state: 'REFUSED' })
    expect(await refused.fails()).toEqual({ kind: 'refused-there' })

    const here = await played()
    const differs = await device(here)
    await joined(here)
    here.move({ state: 'REVEALED', openerNonce: here.host.nonce })
    await differs.reaches('matching')
    differs.handshake.refuse()
    expect(await differs.fails()).toEqual({ kind: 'refused-here' })
    await expect.poll(() => here.called()).toContain('RefusePairing')

    const late = await played()
    const nobody = await device(late)
    await joined(late)
    late.move({ state: 'EXPIRED' })
    expect(await nobody.fails()).toEqual({ kind: 'expired' })
  })

  it('carries the server’s refusal with its code and seconds', async () => {
    const server = await played()
    const limited: typeof fetch = async () =>
      Response.json({ errors: [{ message: 'Too many.', extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 42 } }] })
    const phone = await device(server, null, limited)
    const failure = await phone.fails()
    expect(failure).toMatchObject({ kind: 'problem', problem: { code: 'RATE_LIMITED', retryAfterSeconds: 42 } })
  })

  it('a network that is gone while it waits is asked again', async () => {
    const server = await played()
    let failures = 0
    const flaky: typeof fetch = (url, init) => {
      if (String(init?.body).includes('query Pairing') && failures < 1) {
        failures += 1
        return Promise.reject(new TypeError('no network'))
      }
      return server.fetch(url, init)
    }
    const phone = await device(server, null, flaky)
    await joined(server)
    server.move({ state: 'REVEALED', openerNonce: server.host.nonce })
    await phone.reaches('matching')
    expect(failures).toBe(1)
    phone.handshake.close()
  })

  it('after close nothing more is told', async () => {
    const server = await played()
    const phone = await device(server)
    await joined(server)
    phone.handshake.close()
    const before = phone.taken.length
    server.move({ state: 'REFUSED' })
    await server.fetch('http://server.test/graphql', {
      body: JSON.stringify({ query: 'query Pairing', variables: {} }),
    })
    expect(phone.taken).toHaveLength(before)
  })
})

describe('the code’s life on a device whose clock is wrong', () => {
  it('is never longer than five minutes and never over before it began', () => {
    const now = Date.UTC(2026, 10, 20, 14, 0)
    const at = (ms: number) => new Date(now + ms).toISOString()
    expect(localDeadline(at(120_000), now)).toBe(now + 120_000)
    expect(localDeadline(at(-3_600_000), now)).toBe(now + 300_000)
    expect(localDeadline(at(3_600_000), now)).toBe(now + 300_000)
  })
})
