import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { translateUpdate } from '../../../../agent-cli/agent/translate/update.ts'
import { problemsOf } from './fitting.ts'

const kinds = [
  'user_message_chunk',
  'agent_message_chunk',
  'agent_thought_chunk',
  'tool_call',
  'tool_call_update',
  'plan',
  'plan_update',
  'plan_removed',
  'available_commands_update',
  'current_mode_update',
  'config_option_update',
  'session_info_update',
  'usage_update',
  'notice',
  'compaction_update',
  'compaction_summary_chunk',
  'subagent_update',
  'session_message',
  'session_message_chunk',
  '__proto__',
  'constructor',
  'from_the_future',
]
const fieldNames = [
  'content',
  'messageId',
  'toolCallId',
  'title',
  'name',
  'kind',
  'status',
  'locations',
  'rawInput',
  'rawOutput',
  'entries',
  'plan',
  'availableCommands',
  'currentModeId',
  'configOptions',
  'used',
  'size',
  'cost',
  'severity',
  'description',
  'compactionId',
  'summary',
  'error',
  'type',
  'text',
  'path',
  'line',
  'oldText',
  'newText',
  'options',
  'value',
  'id',
]
const anyJson = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, '', 'text', 'diff', 'content', 1.5, -1, 1e300, '\u0000', '\ud800'),
    fc.string(),
    fc.array(tie('node'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...fieldNames), tie('node'), { maxKeys: 6 }),
  ),
})).node
const updates = fc.tuple(fc.constantFrom(...kinds), fc.dictionary(fc.constantFrom(...fieldNames), anyJson))

describe('translateUpdate', () => {
  test('[E7] takes any JSON: never throws, and what it gives is valid against the SDL', () => {
    const bodyOf = (update: unknown) => {
      const said = translateUpdate(update)
      if (said.is === 'event') return said.body
      if (said.is === 'chunk') return { agentText: { messageId: said.messageId ?? 'm', text: said.text } }
      if (said.is === 'block')
        return { contentShown: { messageId: said.messageId ?? 'm', role: said.role, block: said.block } }
      if (said.is === 'mode')
        return { modeChanged: { effective: { id: said.modeId, name: said.modeId }, origin: { surface: 'AGENT' } } }
      return {
        sessionConfigured: { agent: { id: 'a', name: 'a' }, capabilities: [], modes: [], options: [...said.options] },
      }
    }
    fc.assert(
      fc.property(updates, ([sessionUpdate, fields]) => {
        expect(problemsOf('EventBodyInput', bodyOf({ ...fields, sessionUpdate }))).toEqual([])
      }),
      { numRuns: 2000 },
    )
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(problemsOf('EventBodyInput', bodyOf(value))).toEqual([])
      }),
    )
  })

  test('[E9] keeps an update kind nobody knows whole, as other', () => {
    const update = { sessionUpdate: 'hologram_update', beam: [1, { a: 'b' }] }
    const said = translateUpdate(update)
    expect(said.is === 'event' && 'other' in said.body && said.body.other.kind).toBe('hologram_update')
    expect(said.is === 'event' && 'other' in said.body && JSON.parse(said.body.other.json)).toEqual(update)
  })

  test('survives JSON nested 100,000 deep', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)
    expect(translateUpdate({ sessionUpdate: 'tool_call', toolCallId: 't', title: 'x', rawInput: deep }).is).toBe(
      'event',
    )
    expect(translateUpdate({ sessionUpdate: 'odd', deep }).is).toBe('event')
  })

  const table: [string, unknown, unknown][] = [
    [
      'a text chunk',
      { sessionUpdate: 'agent_message_chunk', messageId: 'm1', content: { type: 'text', text: 'Hi' } },
      { is: 'chunk', role: 'agent', messageId: 'm1', text: 'Hi' },
    ],
    [
      'a thought without an id',
      { sessionUpdate: 'agent_thought_chunk', content: { type: 'text', text: 'Hm' } },
      { is: 'chunk', role: 'thought', messageId: null, text: 'Hm' },
    ],
    [
      'an image',
      { sessionUpdate: 'agent_message_chunk', content: { type: 'image', mimeType: 'image/png', data: 'AAAA' } },
      {
        is: 'block',
        role: 'agent',
        messageId: null,
        block: { type: 'image', mediaType: 'image/png', uri: 'data:image/png;base64,AAAA' },
      },
    ],
    [
      "Gemini's mode change inside the conversation",
      { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: '[MODE_UPDATE] yolo' } },
      { is: 'mode', modeId: 'yolo' },
    ],
    [
      'the same words from the person',
      { sessionUpdate: 'user_message_chunk', content: { type: 'text', text: '[MODE_UPDATE] yolo' } },
      { is: 'chunk', role: 'user', messageId: null, text: '[MODE_UPDATE] yolo' },
    ],
    ['a mode change', { sessionUpdate: 'current_mode_update', currentModeId: 'plan' }, { is: 'mode', modeId: 'plan' }],
    [
      'a tool call',
      {
        sessionUpdate: 'tool_call',
        toolCallId: 't1',
        title: 'ls',
        kind: 'execute',
        status: 'pending',
        rawInput: { command: 'ls' },
        locations: [{ path: '/a', line: 3 }],
      },
      {
        is: 'event',
        body: {
          toolCallChanged: {
            toolCallId: 't1',
            title: 'ls',
            kind: 'execute',
            status: 'pending',
            rawInput: '{\n  "command": "ls"\n}',
            locations: [{ path: '/a', line: 3 }],
          },
        },
      },
    ],
    [
      'an update that changes only the status',
      { sessionUpdate: 'tool_call_update', toolCallId: 't1', status: 'completed', title: null },
      { is: 'event', body: { toolCallChanged: { toolCallId: 't1', status: 'completed' } } },
    ],
    [
      'diff, terminal and unknown content',
      {
        sessionUpdate: 'tool_call_update',
        toolCallId: 't',
        content: [
          { type: 'diff', path: 'a', newText: 'n', oldText: null },
          { type: 'terminal', terminalId: 'x' },
          { type: 'orb', a: 1 },
        ],
      },
      {
        is: 'event',
        body: {
          toolCallChanged: {
            toolCallId: 't',
            content: [
              { type: 'diff', path: 'a', newText: 'n' },
              { type: 'terminal', terminalId: 'x' },
              { type: 'orb', json: '{\n  "type": "orb",\n  "a": 1\n}' },
            ],
          },
        },
      },
    ],
    [
      'plan entries',
      { sessionUpdate: 'plan', entries: [{ content: 'a', priority: 'high', status: 'completed' }] },
      { is: 'event', body: { planChanged: { entries: [{ content: 'a', priority: 'high', status: 'completed' }] } } },
    ],
    [
      'slash commands',
      {
        sessionUpdate: 'available_commands_update',
        availableCommands: [{ name: 'init', description: 'd', input: { hint: 'h' } }],
      },
      { is: 'event', body: { slashCommandsChanged: { commands: [{ name: 'init', description: 'd', hint: 'h' }] } } },
    ],
    [
      'usage with cost',
      { sessionUpdate: 'usage_update', used: 10, size: 20, cost: { amount: 0.5, currency: 'USD' } },
      { is: 'event', body: { usageChanged: { used: 10, size: 20, costAmount: 0.5, costCurrency: 'USD' } } },
    ],
    [
      'a title',
      { sessionUpdate: 'session_info_update', title: 'Fix it' },
      { is: 'event', body: { titleChanged: { title: 'Fix it' } } },
    ],
    [
      'a notice',
      { sessionUpdate: 'notice', severity: 'warning', title: 'Low' },
      { is: 'event', body: { noticeShown: { severity: 'warning', title: 'Low' } } },
    ],
    [
      'a compaction',
      {
        sessionUpdate: 'compaction_update',
        compactionId: 'c',
        status: 'completed',
        summary: [{ type: 'text', text: 's' }],
      },
      { is: 'event', body: { compactionChanged: { compactionId: 'c', status: 'completed', summary: 's' } } },
    ],
  ]
  test.each(table)('translates %s', (_name, update, expected) => {
    expect(translateUpdate(update)).toEqual(expected)
  })
})
