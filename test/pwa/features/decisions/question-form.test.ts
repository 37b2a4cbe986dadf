/** Questions to controls to values: same choices as the terminal, nothing invented, nothing empty sent. */
import { describe, expect, it } from 'vitest'
import {
  firstDraft,
  type Question,
  questionSummary,
  valuesOf,
  wrongWith,
} from '../../../../pwa/features/decisions/question-form.ts'

const question = (change: Partial<Question>): Question => ({
  name: 'q',
  title: 'Which?',
  description: null,
  type: 'string',
  required: false,
  allowsOther: false,
  otherName: null,
  default: null,
  format: null,
  minimum: null,
  maximum: null,
  maxLength: null,
  choices: [],
  ...change,
})
const choices = [
  { value: 'a', title: 'A', description: null },
  { value: 'b', title: 'B', description: null },
]
const draft = (one: Question, change: Partial<ReturnType<typeof firstDraft>> = {}) => ({
  ...firstDraft(one),
  ...change,
})

describe('values of a question', () => {
  const single = question({ type: 'choice', choices, allowsOther: true, otherName: 'q_custom' })
  const many = question({ type: 'choices', choices, allowsOther: true, otherName: 'q_custom' })
  const shared = question({ type: 'choices', choices, allowsOther: true })
  it.each([
    ['a choice', single, { chosen: ['a'] }, [{ name: 'q', value: { text: 'a' } }]],
    [
      'own words go to the field that takes them',
      single,
      { otherChosen: true, other: ' mine ' },
      [{ name: 'q_custom', value: { text: 'mine' } }],
    ],
    [
      'several choices and own words',
      many,
      { chosen: ['a', 'b'], otherChosen: true, other: 'c' },
      [
        { name: 'q', value: { choices: ['a', 'b'] } },
        { name: 'q_custom', value: { text: 'c' } },
      ],
    ],
    [
      'own words without a field of their own',
      shared,
      { chosen: ['a'], otherChosen: true, other: 'c' },
      [{ name: 'q', value: { choices: ['a', 'c'] } }],
    ],
    ['text', question({}), { text: 'hello' }, [{ name: 'q', value: { text: 'hello' } }]],
    ['a number with a comma', question({ type: 'number' }), { text: ' 1,5 ' }, [{ name: 'q', value: { number: 1.5 } }]],
    ['a boolean', question({ type: 'boolean' }), { yes: false }, [{ name: 'q', value: { boolean: false } }]],
    ['nothing for what was left empty', question({}), {}, []],
    ['nothing for a boolean nobody touched', question({ type: 'boolean' }), {}, []],
  ])('%s', (_name, one, change, values) => {
    expect(valuesOf(one, draft(one, change))).toEqual(values)
  })
})

describe('what is wrong with a draft', () => {
  it.each([
    ['required text', question({ required: true }), {}, /needs an answer/],
    [
      'own words chosen but not written',
      question({ type: 'choice', choices, allowsOther: true }),
      { otherChosen: true },
      /Write your own/,
    ],
    [
      'a choice with own words beside it',
      question({ type: 'choice', choices, allowsOther: true }),
      {},
      /needs an answer/,
    ],
    ['no number', question({ type: 'number' }), { text: 'many' }, /must be a number/],
    ['half an integer', question({ type: 'integer' }), { text: '1.5' }, /whole number/],
    ['below the least', question({ type: 'integer', minimum: 1 }), { text: '0' }, /1 or more/],
    ['above the most', question({ type: 'integer', maximum: 9 }), { text: '12' }, /9 or less/],
    ['too long', question({ maxLength: 3 }), { text: 'four' }, /At most 3/],
  ])('%s', (_name, one, change, words) => {
    expect(wrongWith(one, draft(one, change))).toMatch(words)
  })

  it('an optional question may stay empty', () => {
    expect(wrongWith(question({}), draft(question({})))).toBeNull()
    expect(wrongWith(question({ type: 'boolean' }), draft(question({ type: 'boolean' })))).toBeNull()
  })
})

describe('defaults and summaries', () => {
  it('takes the agent’s default only where it is one of its choices', () => {
    expect(firstDraft(question({ type: 'choice', choices, default: 'b' })).chosen).toEqual(['b'])
    expect(firstDraft(question({ type: 'choice', choices, default: 'z' })).chosen).toEqual([])
    expect(firstDraft(question({ type: 'choices', choices, default: '["a","z"]' })).chosen).toEqual(['a'])
    expect(firstDraft(question({ type: 'choices', choices, default: 'not json' })).chosen).toEqual([])
    expect(firstDraft(question({ type: 'boolean', default: 'true' })).yes).toBe(true)
    expect(firstDraft(question({ default: 'main' })).text).toBe('main')
  })

  it('says in a list what will be asked', () => {
    expect(questionSummary([question({ type: 'choice', choices, allowsOther: true })])).toBe(
      '2 choices, or your own words',
    )
    expect(questionSummary([question({}), question({})])).toBe('2 questions')
    expect(questionSummary([question({ type: 'boolean' })])).toBe('Yes or no')
  })
})
