import { afterEach, describe, expect, it, vi } from 'vitest'
import type { TranscriptEvent } from '../../../../pwa/features/transcript/event-fields.ts'
import type { EventPage, EventSource } from '../../../../pwa/features/transcript/event-source.ts'
import { createKeptEvents, KEPT_EVENTS, KEPT_SESSIONS } from '../../../../pwa/features/transcript/kept-events.ts'
import { createTail, MOST_EVENTS, PAGE_EVENTS, type Tail } from '../../../../pwa/features/transcript/tail.ts'
import { offlineProblem, ProblemError } from '../../../../pwa/graphql/problem.ts'
import { notice, said, script } from './script.ts'

/** The server of one session as a tail sees it: pages, a subscription, and a line that can be cut. */
function server(count: number) {
  const events = script(Array.from({ length: count }, (_, at) => notice(`n${at + 1}`)))
  let online = true
  let ring: (() => void) | undefined
  let back: (() => void) | undefined
  const asked: number[] = []
  const pages: { last: number; before?: number }[] = []
  const source: EventSource = {
    async page(options): Promise<EventPage> {
      pages.push(options)
      if (!online) throw new ProblemError(offlineProblem)
      const upTo = events.filter((event) => event.seq < (options.before ?? Number.POSITIVE_INFINITY))
      const last = upTo.slice(-options.last)
      return { events: last, hasOlder: upTo.length > last.length }
    },
    follow({ after, onBatch, signal }) {
      const connect = () => {
        const from = after()
        asked.push(from)
        let sent = from
        ring = () => {
          const batch = events.filter((event) => event.seq > sent)
          sent = events.at(-1)?.seq ?? sent
          if (batch.length > 0 && online && !signal.aborted) onBatch(batch)
        }
        ring()
      }
      connect()
      back = connect
    },
    back: (signal) =>
      new Promise((resolve) => {
        back = resolve
        signal.addEventListener('abort', () => resolve())
      }),
  }
  return {
    source,
    asked,
    pages,
    say(text: string) {
      events.push(...script([said(text)], events.length + 1))
      ring?.()
    },
    redeliver(batch: readonly TranscriptEvent[]) {
      events.push(...batch)
      ring?.()
    },
    cut() {
      online = false
    },
    mend() {
      online = true
      back?.()
    },
    events,
  }
}

function shelf() {
  const values = new Map<string, unknown>()
  return {
    values,
    get: async (name: string) => values.get(name),
    set: async (name: string, value: unknown) => void values.set(name, structuredClone(value)),
    del: async (name: string) => void values.delete(name),
  }
}

const open: Tail[] = []
afterEach(() => {
  for (const tail of open.splice(0)) tail.close()
})
function tailOf(source: EventSource, kept = createKeptEvents(shelf()), now = () => 1_000) {
  const tail = createTail({ sessionId: 'ses_1', source, kept, now })
  open.push(tail)
  return tail
}
const until = (claim: () => void) => vi.waitFor(claim, { timeout: 2_000, interval: 5 })
const isCurrent = (tail: Tail) => until(() => expect(tail.current().source).toBe('current'))

describe('a session’s tail', () => {
  it('[B3] opens at the end with one page, then asks for what follows its own last number', async () => {
    const far = server(1_000)
    const tail = tailOf(far.source)
    await isCurrent(tail)
    expect(tail.current()).toMatchObject({ hasOlder: true, transcript: { firstSeq: 801, lastSeq: 1_000 } })
    expect(far.asked).toEqual([1_000])
    far.say('new')
    expect(tail.current().transcript.lastSeq).toBe(1_001)
  })

  it('[L6] after a cut it resumes after its own last number and drops what it has', async () => {
    const far = server(5)
    const tail = tailOf(far.source)
    await isCurrent(tail)
    far.say('before the cut')
    far.cut()
    far.say('while away')
    expect(tail.current().transcript.lastSeq).toBe(6)
    far.mend()
    expect(far.asked).toEqual([5, 6])
    expect(tail.current().transcript.lastSeq).toBe(7)
    const before = tail.current().transcript
    far.redeliver([])
    expect(tail.current().transcript).toBe(before)
  })

  it('[B3] pages back in front of what is there, once at a time, and says when there is no more', async () => {
    const far = server(PAGE_EVENTS + 50)
    const tail = tailOf(far.source)
    await isCurrent(tail)
    await Promise.all([tail.older(), tail.older()])
    expect(far.pages).toHaveLength(2)
    expect(tail.current()).toMatchObject({ hasOlder: false, prepends: 1, transcript: { firstSeq: 1 } })
    expect(tail.current().transcript.items).toHaveLength(PAGE_EVENTS + 50)
    await tail.older()
    expect(far.pages).toHaveLength(2)
  })

  it('[H1] shows what this device kept, and when that was seen, while the server is away; then joins what is new', async () => {
    const place = shelf()
    const far = server(10)
    const first = tailOf(far.source, createKeptEvents(place), () => 5_000)
    await isCurrent(first)
    first.close()
    await until(() => expect(place.values.has('events:ses_1')).toBe(true))

    far.cut()
    far.say('while away')
    const second = tailOf(far.source, createKeptEvents(place), () => 9_000)
    await until(() => expect(second.current()).toMatchObject({ source: 'kept', seenAt: 5_000 }))
    expect(second.current().transcript.lastSeq).toBe(10)
    far.mend()
    await isCurrent(second)
    expect(second.current()).toMatchObject({ seenAt: 9_000, transcript: { firstSeq: 1, lastSeq: 11 } })
  })

  it('kept events that no longer join the last page are let go: no gap is shown as if it were none', async () => {
    const place = shelf()
    const kept = createKeptEvents(place)
    await kept.write('ses_1', { events: script([said('old')]), seenAt: 1 })
    const tail = tailOf(server(900).source, kept)
    await isCurrent(tail)
    expect(tail.current()).toMatchObject({ hasOlder: true, transcript: { firstSeq: 701 } })
  })

  it('[T7] says why the server gives nothing, and forgets what it kept of a session that is gone', async () => {
    const place = shelf()
    const kept = createKeptEvents(place)
    await kept.write('ses_1', { events: script([said('old')]), seenAt: 1 })
    const gone: EventSource = {
      page: async () => {
        throw new ProblemError({ code: 'NOT_FOUND', message: 'There is no such session here.' })
      },
      follow: () => undefined,
      back: () => new Promise(() => undefined),
    }
    const tail = tailOf(gone, kept)
    await until(() => expect(tail.current().problem?.code).toBe('NOT_FOUND'))
    await until(async () => expect(await kept.read('ses_1')).toBe(null))
  })

  it('a long sitting at the end does not hold everything in memory', async () => {
    const far = server(10)
    const tail = tailOf(far.source)
    await isCurrent(tail)
    far.redeliver(
      script(
        Array.from({ length: MOST_EVENTS }, () => notice('n')),
        11,
      ),
    )
    tail.trim()
    expect(tail.current().transcript.items).toHaveLength(MOST_EVENTS / 2)
    expect(tail.current()).toMatchObject({ hasOlder: true, transcript: { lastSeq: MOST_EVENTS + 10 } })
  })
})

describe('events kept on this device', () => {
  it('[H1] are the last 300 of the 20 sessions read last', async () => {
    const place = shelf()
    const kept = createKeptEvents(place)
    const events = script(Array.from({ length: KEPT_EVENTS + 5 }, () => notice('n')))
    const writes = Array.from({ length: KEPT_SESSIONS + 1 }, (_, at) => kept.write(`ses_${at}`, { events, seenAt: at }))
    await Promise.all(writes)
    expect(await kept.read('ses_0')).toBe(null)
    expect((await kept.read('ses_1'))?.events[0]?.seq).toBe(6)
    expect(place.values.size).toBe(KEPT_SESSIONS + 1)
  })

  it('of another shape are not shown', async () => {
    const place = shelf()
    await place.set('events:ses_1', { shape: 0, events: [{ odd: true }], seenAt: 1 })
    expect(await createKeptEvents(place).read('ses_1')).toBe(null)
  })
})
