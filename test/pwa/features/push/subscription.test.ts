/** Subscribing may hang: it is given a time, and how it stands is said in words. */
import { describe, expect, it } from 'vitest'
import {
  failureSentence,
  SubscribeError,
  standingSentence,
  subscriptionInput,
  within,
} from '../../../../pwa/features/push/subscription.ts'

describe('a push subscription', () => {
  it('a browser that never answers is a time-out, not a wait without an end', async () => {
    await expect(within(new Promise(() => undefined), 10)).rejects.toMatchObject({ reason: 'timeout' })
    await expect(within(Promise.resolve(5), 1_000)).resolves.toBe(5)
    await expect(within(Promise.reject(new Error('own')), 1_000)).rejects.toThrow('own')
  })

  it('hands over endpoint and keys in base64url, and refuses a subscription without keys', () => {
    const keys: Record<string, ArrayBuffer> = {
      p256dh: new Uint8Array([4, 250, 255]).buffer,
      auth: new Uint8Array([1, 2, 3, 4]).buffer,
    }
    const endpoint = 'https://push.example/x'
    expect(subscriptionInput({ endpoint, getKey: (name) => keys[name] ?? null })).toEqual({
      endpoint,
      p256dh: 'BPr_',
      auth: 'AQIDBA',
    })
    expect(() => subscriptionInput({ endpoint, getKey: () => null })).toThrow(SubscribeError)
  })

  it('every standing and failure has words that say what to do', () => {
    expect(standingSentence({ kind: 'on' })).toMatch(/^A decision that opens/)
    expect(standingSentence({ kind: 'unsupported', why: 'home-screen' })).toMatch(/home screen/)
    for (const sentence of Object.values(failureSentence)) expect(sentence.length).toBeGreaterThan(30)
  })
})
