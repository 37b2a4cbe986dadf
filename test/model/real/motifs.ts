// Histories for the real parts: a step there costs a thousand times as much, so among drawn steps stand short passages in which something can be caught.
import fc from 'fast-check'
import { type Kind, largestStep, numberOf } from '../steps.ts'

type Passage = readonly (readonly [kind: Kind, a?: number | undefined, b?: number])[]

/** `a` and `b` where they matter (see `steps.ts` beside this); the rest is drawn. */
const passages: readonly Passage[] = [
  // Dies as soon as the agent has been given something: intent, result and telling lie around that moment.
  [['killsHost', 2], ['devicePrompts'], ['tellsAgent'], ['delivers'], ['startsHost'], ['polls']],
  [['asks'], ['pushes'], ['killsHost', 2], ['deviceAllows'], ['tellsAgent'], ['delivers'], ['startsHost']],
  [['devicePrompts'], ['tellsAgent'], ['losesMessage', 1], ['killsHost', 0], ['startsHost']],
  // Dies with something said and not synced.
  [['says'], ['killsHost', 1], ['startsHost']],
  // A server that was put back, and devices that ask again.
  [['backsUp'], ['devicePrompts'], ['tellsAgent'], ['delivers'], ['restores'], ['deviceResends']],
  [['asks'], ['pushes'], ['backsUp'], ['deviceAllows'], ['tellsAgent'], ['restores'], ['tells']],
  [['devicePrompts'], ['losesMessage', 1], ['backsUp'], ['tellsAgent'], ['restores']],
  // Two devices in one moment; a wrong answer, then a right one.
  [['asks'], ['pushes'], ['deviceAllows', undefined, 0], ['tellsAgent']],
  [['asks'], ['pushes'], ['deviceErrs'], ['tells'], ['deviceAllows'], ['tellsAgent']],
  [['asks'], ['pushes'], ['terminalAnswers'], ['deviceDenies'], ['tellsAgent']],
  // An older attachment speaks; a settled command is settled again.
  [['killsHost', 0], ['startsHost'], ['says'], ['pushes'], ['zombieSpeaks', undefined, 1]],
  [['devicePrompts'], ['tellsAgent'], ['tells'], ['zombieSpeaks', undefined, 0]],
  // Sent twice, or answered into the void.
  [['losesReply', 0], ['devicePrompts'], ['deviceResends'], ['deviceResends']],
  [['losesReply', 1], ['devicePrompts'], ['devicePrompts'], ['tellsAgent']],
  [['revokes', 0], ['says'], ['pushes'], ['delivers']],
]

const passage: fc.Arbitrary<number[]> = fc
  .tuple(fc.nat({ max: passages.length - 1 }), fc.array(fc.nat({ max: 0xffff }), { minLength: 8, maxLength: 8 }))
  .map(([which, drawn]) =>
    (passages[which] ?? []).map(([kind, a, b], at) => {
      const luck = drawn[at] ?? 0
      return numberOf(kind, a ?? luck & 0xff, b ?? luck >>> 8, 'real')
    }),
  )

/** All lengths up to about the longest alike, half of the steps in passages. */
export const realHistories = (longest: number): fc.Arbitrary<number[]> =>
  fc
    .noBias(
      fc.array(
        fc.oneof(
          { weight: 5, arbitrary: fc.nat({ max: largestStep }).map((number) => [number]) },
          { weight: 1, arbitrary: passage },
        ),
        { maxLength: Math.ceil(longest * 0.6), size: 'max' },
      ),
    )
    .map((parts) => parts.flat())
