/** What the agent is answered when its question is closed under an answer that is being noted. */
import { expect, test, vi } from 'vitest'
import { createQuestions } from '../../../agent-cli/agent/questions.ts'

const never = new AbortController().signal
const failure = new Error('the turn is over')

test('[D3] an answer that was first is what the agent is told, although the question is closed before it is noted', async () => {
  const questions = createQuestions(() => {})
  let noted = (_: string) => {}
  const told = questions.put('s', () => new Promise((resolve) => (noted = resolve)), 'cancelled', never)
  expect(questions.close(() => true, failure)).toBe(1)
  noted('allow')
  expect(await told).toBe('allow')
})

test('one that nobody has answered is told as closed: at once by who asks, and by itself where that one says nothing', async () => {
  const questions = createQuestions(() => {})
  const told = questions.put(
    's',
    (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve('withdrawn'))),
    'cancelled',
    never,
  )
  questions.close(() => true, failure)
  expect(await told).toBe('withdrawn')

  vi.useFakeTimers()
  try {
    const silent = questions.put('s', () => new Promise(() => {}), 'cancelled', never)
    questions.close(() => true, failure)
    await vi.advanceTimersByTimeAsync(5_000)
    expect(await silent).toBe('cancelled')
  } finally {
    vi.useRealTimers()
  }
})
