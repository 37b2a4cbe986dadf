import { describe, expect, test } from 'vitest'
import { accepted, declined, misfit } from '../../../../agent-cli/agent/translate/answers.ts'
import { askedElicitation } from '../../../../agent-cli/agent/translate/elicitation.ts'
import { askedPermission } from '../../../../agent-cli/agent/translate/permission.ts'

const options = [
  { optionId: 'yes', name: 'Allow', kind: 'allow_once' },
  { optionId: 'no', name: 'Deny', kind: 'reject_once' },
]
const ask = (toolCall: object) => askedPermission({ toolCall, options }, { preset: null, cwd: '/w' })

describe('questions', () => {
  const form = {
    message: 'Which?',
    requestedSchema: {
      type: 'object',
      required: ['question_0', 'count'],
      properties: {
        question_0: {
          type: 'string',
          title: 'Database',
          oneOf: [{ const: 'pg', title: 'Postgres', description: 'big' }, { const: 'lite' }],
        },
        question_0_custom: { type: 'string' },
        count: { type: 'integer', minimum: 1, maximum: 9 },
        tags: { type: 'array', items: { enum: ['a', 'b'] } },
        sure: { type: 'boolean', default: true },
        note: { type: 'string', maxLength: 5 },
      },
    },
  }
  const asked = askedElicitation(form)

  test('[C2] every field of a form is a question with all its choices', () => {
    expect(
      asked.questions.map(({ name, type, required, allowsOther, otherName }) => [
        name,
        type,
        required,
        allowsOther ?? false,
        otherName ?? null,
      ]),
    ).toEqual([
      ['question_0', 'choice', false, true, 'question_0_custom'],
      ['count', 'integer', true, false, null],
      ['tags', 'choices', false, false, null],
      ['sure', 'boolean', false, false, null],
      ['note', 'string', false, false, null],
    ])
    expect(asked.questions[0]?.choices).toEqual([
      { value: 'pg', title: 'Postgres', description: 'big' },
      { value: 'lite', title: 'lite' },
    ])
  })

  test('an accepted form goes back under its field names, empty fields left out', () => {
    const values = new Map<string, string | number | string[]>([
      ['question_0', ''],
      ['question_0_custom', 'DuckDB'],
      ['count', 2],
      ['tags', ['a']],
    ])
    expect(misfit(asked.questions, values)).toBeNull()
    expect(accepted('elicitation', asked.questions, values, null)).toEqual({
      action: 'accept',
      content: { question_0_custom: 'DuckDB', count: 2, tags: ['a'] },
    })
  })

  test.each([
    [[['count', 10]], 'at most 9'],
    [[['count', 1.5]], 'whole number'],
    [
      [
        ['count', 1],
        ['question_0', 'mysql'],
      ],
      'not offered',
    ],
    [
      [
        ['count', 1],
        ['ghost', 'x'],
      ],
      'no field',
    ],
    [[], 'needs an answer'],
    [
      [
        ['count', 1],
        ['note', 'too long'],
      ],
      'longer than 5',
    ],
  ] as [[string, string | number][], string][])('an answer that does not fit is refused: %j', (values, words) => {
    expect(misfit(asked.questions, new Map(values))).toContain(words)
  })

  test("Qwen's question comes as a permission; its answers go beside the outcome", () => {
    const { decision } = ask({
      toolCallId: 't',
      kind: 'think',
      _meta: { qwenInteractionKind: 'user_question' },
      rawInput: {
        questions: [
          { question: 'DB?', options: [{ label: 'SQLite' }, { label: 'PG' }] },
          { question: 'Which?', multiSelect: true, options: [{ label: 'x' }, { label: 'y' }] },
        ],
      },
    })
    expect(decision.kind).toBe('QUESTION')
    const values = new Map<string, string | string[]>([
      ['0', 'SQLite'],
      ['1', ['x', 'y']],
    ])
    expect(misfit(decision.questions, values)).toBeNull()
    expect(accepted(decision.form, decision.questions, values, 'yes')).toEqual({
      outcome: { outcome: 'selected', optionId: 'yes' },
      answers: { 0: 'SQLite', 1: 'x, y' },
    })
    expect(declined(decision.form, 'no')).toEqual({ outcome: { outcome: 'selected', optionId: 'no' } })
  })
})
