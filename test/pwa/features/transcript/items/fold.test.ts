import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFold, foldEvents } from '../../../../../pwa/features/transcript/items/fold.ts'
import type { Item } from '../../../../../pwa/features/transcript/items/shape.ts'
import {
  answered,
  asked,
  type Body,
  clockAt,
  iphone,
  mode,
  notice,
  prompt,
  said,
  script,
  thought,
  tool,
  turnEnded,
  turnStarted,
} from '../script.ts'

const ofKind = <K extends Item['kind']>(items: readonly Item[], kind: K) =>
  items.filter((item): item is Extract<Item, { kind: K }> => item.kind === kind)

const id = fc.constantFrom('a', 'b', 'c')
const anyBody: fc.Arbitrary<Body> = fc.oneof(
  fc.tuple(fc.string(), id).map(([text, message]) => said(text, message)),
  fc.tuple(fc.string(), id).map(([text, message]) => thought(text, message)),
  fc
    .tuple(id, fc.constantFrom(null, 'pending', 'in_progress', 'completed', 'failed'))
    .map(([call, toolStatus]) => tool(call, { toolStatus })),
  fc
    .tuple(id, fc.constantFrom('QUEUED', 'HELD', 'RUNNING', 'DONE', 'WITHDRAWN', 'UNKNOWN', 'REFUSED'))
    .map(([one, state]) => prompt(one, state)),
  id.map(turnStarted),
  id.map((turn) => turnEnded(turn)),
  fc.tuple(id, fc.option(id)).map(([decision, call]) => asked(decision, call)),
  id.map((decision) => answered(decision)),
  fc.tuple(id, fc.option(id)).map(([one, other]) => mode(one, other)),
  fc.string().map(notice),
)
const anyScript = fc.array(anyBody, { maxLength: 60, size: 'max' }).chain((bodies) =>
  fc.array(fc.boolean(), { minLength: bodies.length, maxLength: bodies.length }).map((rises) => {
    let epoch = 1
    return script(bodies.map((body, at) => ({ ...body, epoch: rises[at] && at % 17 === 16 ? ++epoch : epoch })))
  }),
)

describe('folding events', () => {
  it('[E10] gives the same transcript in pages as at once', () => {
    fc.assert(
      fc.property(anyScript, fc.array(fc.nat({ max: 12 })), (events, sizes) => {
        const fold = createFold()
        let from = 0
        for (const size of sizes) {
          fold.append(events.slice(from, from + size))
          from += size
        }
        expect(fold.append(events.slice(from))).toEqual(foldEvents(events))
      }),
    )
  })

  it('[L6] a re-delivered number changes nothing', () => {
    fc.assert(
      fc.property(anyScript, fc.nat(), fc.nat(), (events, from, length) => {
        const fold = createFold()
        const once = fold.append(events)
        const start = from % (events.length + 1)
        expect(fold.append(events.slice(start, start + length))).toBe(once)
      }),
    )
  })

  it('an append leaves earlier transcripts as they were', () => {
    fc.assert(
      fc.property(anyScript, anyScript, (first, second) => {
        const fold = createFold()
        const before = fold.append(first)
        const copy = structuredClone(before)
        fold.append(second.map((event) => ({ ...event, seq: event.seq + first.length })))
        expect(before).toEqual(copy)
      }),
    )
  })

  it('keeps the identity of what it did not touch', () => {
    fc.assert(
      fc.property(anyScript, fc.nat(), (events, which) => {
        const fold = createFold()
        const before = fold.append(events)
        const calls = ofKind(before.items, 'tools').flatMap((run) => run.calls)
        const call = calls[which % Math.max(calls.length, 1)]
        const change = script([tool(call?.toolCallId ?? 'new')], events.length + 1)
        const after = fold.append(change.map((event) => ({ ...event, epoch: call?.epoch ?? 1 })))
        for (const [at, item] of before.items.slice(0, -1).entries()) {
          const touched = item.kind === 'tools' && item.calls.some((one) => one.key === call?.key)
          if (!touched) expect(after.items[at]).toBe(item)
        }
      }),
    )
  })

  it('no key is used twice', () => {
    fc.assert(
      fc.property(anyScript, (events) => {
        const keys = foldEvents(events).items.map((item) => item.key)
        expect(new Set(keys).size).toBe(keys.length)
      }),
    )
  })
})

describe('words', () => {
  it('[E6] joins the pieces of one message, and begins anew after something visible', () => {
    const { items } = foldEvents(script([said('One '), said('message'), notice('x'), said(' more'), said('Two', 'm2')]))
    expect(ofKind(items, 'said').map((item) => item.text)).toEqual(['One message', ' more', 'Two'])
  })

  it('what is not shown does not cut a message', () => {
    const usage: Body = { __typename: 'UsageChanged', used: 1, size: 2, costAmount: null, costCurrency: null }
    expect(ofKind(foldEvents(script([said('a'), usage, said('b')])).items, 'said')).toHaveLength(1)
  })

  it('a thought lasts until something else is shown', () => {
    const going = foldEvents(script([thought('hm'), thought('mm')]))
    expect(ofKind(going.items, 'thought')[0]).toMatchObject({ text: 'hmmm', at: clockAt(1), endedAt: null })
    const over = foldEvents(script([thought('hm'), thought('mm'), said('So')]))
    expect(ofKind(over.items, 'thought')[0]).toMatchObject({ at: clockAt(1), endedAt: clockAt(3) })
  })
})

describe('prompts', () => {
  it('[C6] waits in the queue and takes its place where it begins to run', () => {
    const waiting = foldEvents(script([prompt('p1', 'QUEUED'), said('working')]))
    expect(waiting.queue.map((item) => item.promptId)).toEqual(['p1'])
    expect(ofKind(waiting.items, 'prompt')).toEqual([])
    const running = foldEvents(script([prompt('p1', 'QUEUED'), said('working'), prompt('p1', 'RUNNING'), said('ok')]))
    expect(running.queue).toEqual([])
    expect(running.items.map((item) => item.kind)).toEqual(['said', 'prompt', 'said'])
  })

  it('[C6] an edit and a hold show in the queue; the order of the queue stays', () => {
    const { queue } = foldEvents(
      script([prompt('p1', 'QUEUED'), prompt('p2', 'QUEUED'), prompt('p1', 'HELD', { text: 'Other words' })]),
    )
    expect(queue.map(({ promptId, state, text }) => [promptId, state, text])).toEqual([
      ['p1', 'HELD', 'Other words'],
      ['p2', 'QUEUED', 'Make it so'],
    ])
  })

  it.each(['WITHDRAWN', 'REFUSED', 'UNKNOWN'] as const)('a prompt that ended %s keeps a line', (state) => {
    const { items, queue } = foldEvents(script([prompt('p1', 'QUEUED'), prompt('p1', state)]))
    expect(queue).toEqual([])
    expect(ofKind(items, 'prompt')[0]?.state).toBe(state)
  })
})

describe('tools', () => {
  it('[B1] lays changes over the call they name and groups calls that follow each other', () => {
    const { items } = foldEvents(
      script([
        tool('a', { toolTitle: 'Read x', toolKind: 'read', toolStatus: 'pending' }),
        tool('b', { toolStatus: 'in_progress' }),
        said('meanwhile'),
        tool('a', { toolStatus: 'completed', rawOutput: 'done' }),
      ]),
    )
    expect(items.map((item) => item.kind)).toEqual(['tools', 'said'])
    const calls = ofKind(items, 'tools')[0]?.calls
    expect(calls?.map(({ title, status, endedAt }) => [title, status, endedAt])).toEqual([
      ['Read x', 'completed', clockAt(4)],
      [null, 'in_progress', null],
    ])
  })

  it('[E4] an id that comes again in a new run of the agent is another call', () => {
    const { items } = foldEvents(
      script([tool('1', { toolTitle: 'first' }), { ...tool('1', { toolTitle: 'second' }), epoch: 2 }]),
    )
    expect(items.map((item) => item.kind)).toEqual(['tools', 'restart', 'tools'])
  })

  it('what is open at the end of a turn ended with the turn, and the end says so', () => {
    const { items } = foldEvents(
      script([turnStarted('t'), tool('a'), tool('b', { toolStatus: 'completed' }), turnEnded('t')]),
    )
    expect(ofKind(items, 'tools')[0]?.calls.map((call) => call.endedWithTurn)).toEqual([true, false])
    const end = ofKind(items, 'turn-end')[0]
    expect(end).toMatchObject({ startedAt: clockAt(1), at: clockAt(4) })
    expect(end?.stopped.map((call) => call.toolCallId)).toEqual(['a'])
  })

  it('[C6] what the host closed for the turn’s end was stopped, too', () => {
    const { items } = foldEvents(
      script([turnStarted('t'), tool('a'), tool('a', { endedWithTurn: true }), turnEnded('t')]),
    )
    expect(ofKind(items, 'turn-end')[0]?.stopped.map((call) => call.toolCallId)).toEqual(['a'])
  })
})

describe('decisions', () => {
  it('[D3] says at the place of the question who answered, where and when', () => {
    const { items } = foldEvents(script([asked('d'), said('x'), answered('d', { origin: iphone })]))
    expect(items.map((item) => item.kind)).toEqual(['decision', 'said'])
    expect(ofKind(items, 'decision')[0]?.settled).toMatchObject({
      optionName: 'Allow once',
      at: clockAt(3),
      origin: iphone,
    })
  })

  it('a permission stays with its tool call', () => {
    const { items } = foldEvents(script([tool('a'), asked('d', 'a'), tool('b'), answered('d')]))
    expect(items).toHaveLength(1)
    expect(ofKind(items, 'tools')[0]?.calls[0]?.decisions[0]).toMatchObject({
      decisionId: 'd',
      settled: { at: clockAt(4) },
    })
  })

  it('an answer whose question is on an earlier page is shown alone', () => {
    expect(ofKind(foldEvents(script([answered('d')])).items, 'decision')[0]).toMatchObject({ title: null })
  })
})

describe('the margin', () => {
  it('[E9] a kind this page does not know is shown as unknown', () => {
    const [event] = script([notice('x')])
    const { items } = foldEvents([{ ...event, __typename: 'HologramShown' } as never])
    expect(ofKind(items, 'note')[0]?.note).toMatchObject({ __typename: 'UnknownEvent', unknownKind: 'HologramShown' })
  })

  it('[C5] a mode asked for and not in effect has a line; the first mode has none', () => {
    expect(foldEvents(script([mode('default')])).items).toEqual([])
    expect(foldEvents(script([mode('default'), mode('default', 'auto')])).items).toHaveLength(1)
  })
})
