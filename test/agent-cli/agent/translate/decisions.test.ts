import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { claude } from '../../../../agent-cli/agent/presets/claude.ts'
import { askedElicitation } from '../../../../agent-cli/agent/translate/elicitation.ts'
import { maxEvidenceBytes } from '../../../../agent-cli/agent/translate/evidence.ts'
import { type AskedDecision, askedPermission } from '../../../../agent-cli/agent/translate/permission.ts'
import { problemsOf } from './fitting.ts'

const options = [
  { optionId: 'yes', name: 'Allow', kind: 'allow_once' },
  { optionId: 'no', name: 'Deny', kind: 'reject_once' },
]
const ask = (toolCall: object, more: object = {}) =>
  askedPermission({ toolCall, options, ...more }, { preset: claude, cwd: '/w' })
const asInput = ({ kind, title, evidence, options, questions, paths, plan, toolCallId, toolKind }: AskedDecision) => ({
  decisionOpened: {
    decisionId: 'd',
    kind,
    title,
    evidence,
    evidenceDigest: 'x',
    options,
    questions,
    paths,
    plan,
    toolCallId,
    toolKind,
    wordsGo: 'NEXT_PROMPT',
  },
})

const fields = [
  'toolCall',
  'toolCallId',
  'title',
  'kind',
  'options',
  'optionId',
  'name',
  'rawInput',
  'content',
  'type',
  'path',
  'oldText',
  'newText',
  'command',
  'plan',
  '_meta',
  'qwenInteractionKind',
  'questions',
  'question',
  'label',
  'requestedSchema',
  'properties',
  'items',
  'enum',
  'oneOf',
  'const',
  'default',
  'url',
  'message',
  'required',
  'x_custom',
  'x',
]
const anyJson = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(
      null,
      true,
      '',
      'diff',
      'array',
      'switch_mode',
      'edit',
      'fetch',
      'user_question',
      'exit_plan_mode-1',
      0.1,
      1e300,
    ),
    fc.string(),
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...fields), tie('node'), { maxKeys: 8 }),
  ),
})).node

describe('what is asked', () => {
  test('[E7] any JSON becomes a decision that is valid against the SDL', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(
          problemsOf('EventBodyInput', asInput(askedPermission(value, { preset: null, cwd: '/' }).decision)),
        ).toEqual([])
        expect(problemsOf('EventBodyInput', asInput(askedElicitation(value)))).toEqual([])
      }),
      { numRuns: 2000 },
    )
  })

  test.each([
    [{ toolCallId: 't', kind: 'execute', title: 'npm test' }, 'Run this command?'],
    [
      {
        toolCallId: 't',
        kind: 'edit',
        content: [{ type: 'diff', path: '/w/src/create.ts', oldText: 'a', newText: 'b' }],
      },
      'Edit create.ts?',
    ],
    [{ toolCallId: 't', kind: 'edit', content: [{ type: 'diff', path: '/w/new.ts', newText: 'b' }] }, 'Create new.ts?'],
    [{ toolCallId: 't', kind: 'edit', locations: [{ path: 'a' }, { path: 'b' }] }, 'Edit 2 files?'],
    [{ toolCallId: 't', kind: 'fetch', rawInput: { url: 'https://docs.python.org/3/' } }, 'Fetch docs.python.org?'],
    [{ toolCallId: 't', kind: 'delete', rawInput: { path: 'C:\\w\\x.txt' } }, 'Delete x.txt?'],
    [{ toolCallId: 't', kind: 'teleport', title: 'Beam up' }, 'Allow “Beam up”?'],
  ])('a title is a question: %j', (toolCall, title) => {
    expect(ask(toolCall).decision.title).toBe(title)
  })

  test('[D1] evidence holds the command, the folder, the paths, every further input and the diff, verbatim', () => {
    const { evidence } = ask({
      toolCallId: 't',
      kind: 'execute',
      title: 'Tidy up',
      locations: [{ path: '/w/build' }],
      rawInput: { command: 'rm -rf build\u001b[2K', cwd: '/w/pkg', timeout: 5 },
      content: [{ type: 'diff', path: 'a.txt', oldText: 'one\ntwo\nthree', newText: 'one\n2\nthree' }],
    }).decision
    for (const part of [
      'rm -rf build\u001b[2K',
      'Title: Tidy up',
      'Folder: /w/pkg',
      '/w/build',
      '"timeout": 5',
      '-two\n+2',
      'from line 2',
    ])
      expect(evidence).toContain(part)
  })

  test('[D1] evidence too large for an event says how much is missing and commits to all of it', () => {
    const { evidence } = ask({
      toolCallId: 't',
      kind: 'execute',
      rawInput: { command: `echo ${'\u0001x'.repeat(400_000)}` },
    }).decision
    expect(Buffer.byteLength(JSON.stringify(evidence))).toBeLessThan(maxEvidenceBytes + 500)
    expect(evidence).toMatch(/more characters are in the tool call; SHA-256 of all: [0-9a-f]{64}\]$/)
  })

  test('[D6] two options of one kind stay two, told by their ids; a repeated id is one', () => {
    const same = [
      { optionId: 'a', name: 'Once', kind: 'allow_once' },
      { optionId: 'b', name: 'Once more', kind: 'allow_once' },
      { optionId: 'a', name: 'Again', kind: 'allow_always' },
      { optionId: 'c', name: 'Odd', kind: 'allow_until_tuesday' },
    ]
    const { decision } = ask({ toolCallId: 't' }, { options: same })
    expect(decision.options.map(({ id, kind, rung }) => [id, kind, rung])).toEqual([
      ['a', 'allow_once', 'ANSWER'],
      ['b', 'allow_once', 'ANSWER'],
      ['c', 'allow_until_tuesday', 'FULL'],
    ])
  })

  test('[T4] approving a plan needs STEER into interactive and FULL into autopilot', () => {
    const planOptions = [
      'exit-plan-default',
      'exit-plan-acceptEdits',
      'exit-plan-auto',
      'exit-plan-bypass',
      'reject',
    ].map((optionId) => ({
      optionId,
      name: optionId,
      kind: optionId === 'reject' ? 'reject_once' : 'allow_always',
    }))
    const { decision } = ask(
      { toolCallId: 't', kind: 'switch_mode', title: 'Ready', rawInput: { plan: '# Plan' } },
      { options: planOptions },
    )
    expect([decision.kind, decision.plan]).toEqual(['PLAN', '# Plan'])
    expect(decision.options.map(({ rung, thenMode }) => [rung, thenMode ?? null])).toEqual([
      ['STEER', 'INTERACTIVE'],
      ['STEER', 'INTERACTIVE'],
      ['FULL', 'AUTOPILOT'],
      ['FULL', 'AUTOPILOT'],
      ['ANSWER', null],
    ])
  })

  test("Gemini's plan is known by its id, and its file by the title", () => {
    const { decision } = ask({
      toolCallId: 'exit_plan_mode-17',
      kind: 'other',
      title: 'Requesting plan approval for: /home/a b/.gemini/plans/x.md',
    })
    expect([decision.kind, decision.plan, decision.planPath]).toEqual(['PLAN', null, '/home/a b/.gemini/plans/x.md'])
  })

  test('a request to enter plan mode is a permission', () => {
    expect(ask({ toolCallId: 't', kind: 'switch_mode', title: 'Switch to agent' }).decision.kind).toBe('PERMISSION')
  })

  test('what an earlier update said of the tool call belongs to what is asked', () => {
    const known = { toolCallId: 't', kind: 'execute', rawInput: '{"command":"make"}' }
    const { decision, call } = askedPermission(
      { toolCall: { toolCallId: 't' }, options },
      { preset: null, cwd: '/w', known },
    )
    expect([decision.title, decision.evidence.startsWith('make'), call]).toEqual([
      'Run this command?',
      true,
      { toolCallId: 't' },
    ])
  })

  test('[D1] a request that repeats the call as it was before its input came takes nothing of the plan away', () => {
    const rawInput = JSON.stringify({ plan: '# Tidy up\n\n1. Look around' })
    const known = { toolCallId: 't', kind: 'switch_mode', title: 'Approve Plan', rawInput }
    const early = {
      toolCallId: 't',
      kind: 'switch_mode',
      title: 'Approve Plan',
      rawInput: {},
      content: [],
      locations: [],
    }
    const { decision, call } = askedPermission({ toolCall: early, options }, { preset: null, cwd: '/w', known })
    expect([decision.kind, decision.plan]).toEqual(['PLAN', '# Tidy up\n\n1. Look around'])
    expect(call).toEqual({ toolCallId: 't', kind: 'switch_mode', title: 'Approve Plan' })
  })
})
