import { describe, expect, it } from 'vitest'
import { sizeWords } from '../../../../pwa/features/transcript/body.ts'
import { foldEvents } from '../../../../pwa/features/transcript/items/fold.ts'
import type { ToolCall } from '../../../../pwa/features/transcript/items/shape.ts'
import { resultWords, toolLine, toolState, withoutFence } from '../../../../pwa/features/transcript/tool-words.ts'
import {
  modeWords,
  noteWords,
  promptWords,
  settledWords,
  turnEndWords,
} from '../../../../pwa/features/transcript/transcript-words.ts'
import {
  answered,
  asked,
  type Body,
  clockAt,
  iphone,
  mode,
  prompt,
  script,
  terminal,
  tool,
  turnEnded,
  turnStarted,
} from './script.ts'

const now = Date.parse(clockAt(600))
const clock = (seconds: number) => {
  const at = new Date(clockAt(seconds))
  return `${String(at.getHours()).padStart(2, '0')}:${String(at.getMinutes()).padStart(2, '0')}`
}
const callOf = (...bodies: Body[]): ToolCall => {
  const run = foldEvents(script(bodies)).items.find((item) => item.kind === 'tools')
  if (run?.kind !== 'tools' || !run.calls[0]) throw new Error('no call')
  return run.calls[0]
}
const cwd = '/home/anna/src/billing'
const edit = { toolKind: 'edit', locations: [{ path: `${cwd}/src/create.ts`, line: 3 }] }
const run = { toolKind: 'execute', rawInput: '{"command":"npm test"}' }
const line = (call: ToolCall) => {
  const { verb, argument } = toolLine(call, cwd)
  return argument === null ? verb : `${verb} ${argument.text}`
}

describe('a tool call in one row', () => {
  it.each([
    ['Editing src/create.ts', tool('a', { ...edit, toolStatus: 'in_progress' })],
    ['Edited src/create.ts', tool('a', { ...edit, toolStatus: 'completed' })],
    ['Running npm test', tool('a', { ...run, toolStatus: 'in_progress' })],
    ['Ran npm test', tool('a', { ...run, toolStatus: 'failed' })],
    ['Started npm test', tool('a', { ...run, endedWithTurn: true })],
    ['Ran npm test', tool('a', { toolKind: 'execute', toolTitle: '`npm test`', toolStatus: 'completed' })],
    [
      'Ran npm test -- a b',
      tool('a', { ...run, rawInput: '{"command":["npm","test","--","a","b"]}', toolStatus: 'completed' }),
    ],
    [
      'Searched createInvoice(',
      tool('a', { toolKind: 'search', rawInput: '{"pattern":"createInvoice("}', toolStatus: 'completed' }),
    ],
    ['Ask the oracle', tool('a', { toolKind: 'other', toolTitle: 'Ask the oracle', toolStatus: 'completed' })],
    ['Read the docs', tool('a', { toolKind: 'read', toolTitle: 'Read the docs', toolStatus: 'completed' })],
    ['A tool', tool('a')],
  ])('%s', (words, body) => expect(line(callOf(body))).toBe(words))

  it('asks while a person is needed, and says that it did not run after a no', () => {
    expect(line(callOf(tool('a', run), asked('d', 'a')))).toBe('Asks to run npm test')
    expect(toolState(callOf(tool('a', run), asked('d', 'a')))).toBe('asks')
    const denied = callOf(
      tool('a', run),
      asked('d', 'a'),
      answered('d', { optionId: 'no' }),
      tool('a', { toolStatus: 'failed' }),
    )
    expect(line(denied)).toBe('Asked to run npm test')
    expect(resultWords(denied)).toBe('not run')
  })

  it.each([
    ['exit 1', tool('a', { ...run, toolStatus: 'failed', rawOutput: '{"exitCode":1}' }), 'failed'],
    [null, tool('a', { ...run, toolStatus: 'completed', rawOutput: '{"exitCode":0}' }), 'done'],
    ['failed', tool('a', { ...edit, toolStatus: 'failed' }), 'failed'],
    ['Ended with the turn', tool('a', { ...run, endedWithTurn: true }), 'lost'],
    [null, tool('a', { ...run, toolStatus: 'pending' }), 'running'],
  ] as const)('result %j', (words, body, state) => {
    expect(resultWords(callOf(body))).toBe(words)
    expect(toolState(callOf(body))).toBe(state)
  })

  it('takes the fence off an output and leaves other text as it is', () => {
    expect(withoutFence('```console\nok\n```\n')).toBe('ok')
    expect(withoutFence('a\n```\nb\n```')).toBe('a\n```\nb\n```')
  })
})

describe('the margin', () => {
  const settled = (change: Partial<Body<'DecisionSettled'>>) => {
    const item = foldEvents(script([answered('d', change)])).items[0]
    if (item?.kind !== 'decision' || !item.settled) throw new Error('not settled')
    return settledWords(item.settled, { at: '14:02', hostName: 'atlas', deviceId: 'dev_1' })
  }
  it.each([
    [{}, 'Answered at the terminal 14:02: Allow once'],
    [{ origin: iphone }, 'Answered on this computer 14:02: Allow once'],
    [{ origin: { ...iphone, deviceId: 'dev_2', deviceName: 'iPad' } }, 'Answered on iPad 14:02: Allow once'],
    [
      { optionName: 'Deny', settledReason: 'use a transaction' },
      'Answered at the terminal 14:02: Deny. “use a transaction”',
    ],
    [{ outcome: 'CANCELLED' as const }, 'Cancelled with the turn 14:02'],
    [{ outcome: 'WITHDRAWN' as const }, 'No longer asked 14:02'],
  ])('[D3] %o', (change, words) => expect(settled(change)).toBe(words))

  const endOf = (...bodies: Body[]) => {
    const item = foldEvents(script(bodies)).items.at(-1)
    if (item?.kind !== 'turn-end') throw new Error('no end')
    return turnEndWords(item, now)
  }
  it('[C6] a cancelled turn says what it stopped', () => {
    const end = turnEnded('t', { stopReason: 'cancelled', strayProcessesEnded: 2, heldPrompts: 1 })
    expect(endOf(turnStarted('t'), tool('a', run), end)).toEqual({
      tone: 'plain',
      title: `Turn cancelled ${clock(3)}`,
      detail: 'Stopped: npm test. 2 processes left behind were ended. 1 prompt is held.',
    })
    expect(endOf(turnEnded('t', { stopReason: 'cancelled' })).detail).toBe('Nothing was running.')
  })
  it('a turn that simply ended is quiet; one that failed says why', () => {
    expect(endOf(turnStarted('t'), turnEnded('t'))).toMatchObject({
      tone: 'quiet',
      title: `Turn ended ${clock(2)}, after 1 s`,
    })
    expect(endOf(turnEnded('t', { stopReason: 'error', errorMessage: 'usage limit', errorCode: '429' }))).toMatchObject(
      {
        tone: 'red',
        title: `Stopped ${clock(1)}: usage limit (429)`,
      },
    )
  })

  it('[E7] [E8] [E9] what is missing or unknown is said', () => {
    const note = (body: Body) => {
      const item = foldEvents(script([body])).items[0]
      if (item?.kind !== 'note') throw new Error('no note')
      return noteWords(item.note, { hostName: 'atlas', now })
    }
    expect(note({ __typename: 'HistoryWithheld', count: 12, since: clockAt(0), until: clockAt(60) }).text).toBe(
      `What happened from ${clock(0)} to ${clock(60)} stayed on atlas: remote was off`,
    )
    expect(note({ __typename: 'Tombstone', replacedKind: 'AgentText', tombstoneReason: 'too deep' })).toMatchObject({
      more: 'too deep',
    })
    expect(note({ __typename: 'UnknownEvent', unknownKind: 'hologram', json: '{}' })).toMatchObject({
      text: 'An event this app does not know: hologram',
      more: '{}',
    })
    expect(note({ __typename: 'AgentExited', exitCode: 137, signal: null, exitDetail: '' })).toMatchObject({
      tone: 'red',
      text: `The agent exited with code 137 ${clock(1)}`,
    })
  })

  it('[C5] a mode that was asked for and is not in effect says both', () => {
    const item = foldEvents(script([mode('default'), mode('default', 'auto')])).items[0]
    if (item?.kind !== 'mode') throw new Error('no mode')
    expect(modeWords(item, now, null)).toBe(`auto was asked for, default is in effect ${clock(2)}`)
  })

  it.each([
    ['QUEUED', {}, `Queued on atlas ${clock(1)}, after this turn`],
    ['QUEUED', { delivery: 'NOW' }, `Queued on atlas ${clock(1)}, goes next`],
    ['HELD', { promptReason: 'usage limit' }, `Held on atlas since ${clock(1)}: usage limit`],
    ['RUNNING', {}, `Applied ${clock(1)}`],
    ['DONE', { origin: terminal }, `Typed at the terminal ${clock(1)}`],
    ['DONE', { origin: { ...iphone, deviceId: 'dev_2', deviceName: 'iPad' } }, `Applied ${clock(1)}, from iPad`],
    ['REFUSED', { promptReason: 'too long' }, `Refused ${clock(1)}: too long`],
    ['UNKNOWN', {}, `Unknown since ${clock(1)}`],
  ] as const)('[C6] a prompt %s %o', (state, change, words) => {
    const { items, queue } = foldEvents(script([prompt('p', state, change)]))
    const item = items.find((one) => one.kind === 'prompt') ?? queue[0]
    if (item?.kind !== 'prompt') throw new Error('no prompt')
    expect(promptWords(item, { hostName: 'atlas', deviceId: 'dev_1', now })).toBe(words)
  })
})

it.each([
  [512, '512 B'],
  [14_000, '14 KB'],
  [2_400_000, '2.3 MB'],
])('%d bytes are %s', (bytes, words) => expect(sizeWords(bytes)).toBe(words))
