/** Limits of docs/protocol.md §8 that the workstation keeps and no other file meets at its number. */
import { expect, test } from 'vitest'
import { createFraming } from '../../agent-cli/agent/framing.ts'
import { defaultLimits } from '../../agent-cli/agent/limits.ts'
import { withBodies } from '../../agent-cli/bridge/large.ts'
import { limits } from '../../agent-cli/bridge/limits.ts'
import { createBackoff, probeTimeoutSeconds, sendTimeoutSeconds } from '../../agent-cli/remote/pause.ts'

test('[E6] inlineBytes: a text of 64 KiB stays in its event; one byte more is a body, and 4 KiB of it are shown', async () => {
  const put: number[] = []
  const bodies = {
    put: async (content: Uint8Array | AsyncIterable<Uint8Array>) => {
      if (!(content instanceof Uint8Array)) throw new Error('whole, not in pieces')
      put.push(content.byteLength)
      return { sha256: 'a'.repeat(64), bytes: content.byteLength }
    },
  }
  const said = (bytes: number) => withBodies({ agentText: { messageId: 'm', text: 'x'.repeat(bytes) } }, bodies)
  expect(await said(limits.inlineBytes)).toMatchObject({ agentText: { text: 'x'.repeat(65_536) } })
  expect(put).toEqual([])
  expect(await said(65_537)).toMatchObject({ agentText: { text: 'x'.repeat(4096), textBody: { size: 65_537 } } })
  expect(put).toEqual([65_537])
})

test('agent line: 32 MiB are handed over, one byte more is said to be too long', () => {
  const { maxMessageBytes } = defaultLimits
  expect(maxMessageBytes).toBe(32 * 1024 * 1024)
  const framed = (bytes: number) =>
    createFraming(maxMessageBytes).push(Buffer.concat([Buffer.alloc(bytes, 97), Buffer.from('\n')]))
  expect(framed(maxMessageBytes)[0]).toHaveProperty('line')
  expect(framed(maxMessageBytes + 1)[0]).toMatchObject({ bytes: maxMessageBytes + 1 })
})

test('back-off: 250 ms, twice as long each time, 4 s at most, with up to half of it left to chance; a probe takes 5 s, a push 8 s and one more per 32 KiB', () => {
  const longest = createBackoff({ random: () => 1 })
  expect(Array.from({ length: 7 }, () => longest.next())).toEqual([250, 500, 1000, 2000, 4000, 4000, 4000])
  longest.reset()
  expect(longest.next()).toBe(250)
  expect(createBackoff({ random: () => 0 }).next()).toBe(125)
  expect(probeTimeoutSeconds).toBe(5)
  expect([0, 32 * 1024, 32 * 1024 + 1].map(sendTimeoutSeconds)).toEqual([8, 9, 10])
})
