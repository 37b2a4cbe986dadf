// Histories for the real parts: a step there costs a thousand times as much, so among drawn steps stand short passages in which something can be caught.
import fc from 'fast-check'
import { type Kind, largestStep, numberOf } from '../steps.ts'

type Passage = readonly (readonly [kind: Kind, a?: number | undefined, b?: number])[]

/** `a` and `b` where they matter (see `steps.ts` beside this); the rest is drawn. */
const passages = {
  // Dies as soon as the agent has been given something, or while one of the next things is noted: intent, result and telling lie around that moment.
  diesPrompted: [['devicePrompts'], ['killsHost', 2], ['tellsAgent'], ['delivers'], ['startsHost'], ['polls']],
  diesAnswered: [
    ...([['asks'], ['pushes'], ['killsHost', 2], ['deviceAllows'], ['tellsAgent'], ['tellsAgent']] as const),
    ...([['delivers'], ['startsHost']] as const),
  ],
  // Slow from here on: what does not wait for the disk comes first.
  diesUnsafe: [
    ...([['asks'], ['pushes'], ['killsHost', 2, 1], ['deviceAllows', undefined, 1], ['tellsAgent']] as const),
    ...([['tellsAgent'], ['delivers'], ['startsHost']] as const),
  ],
  diesNoting: [['asks'], ['pushes'], ['killsHost', 3], ['deviceAllows'], ['tellsAgent'], ['delivers'], ['startsHost']],
  diesTaking: [['pushes'], ['killsHost', 3], ['devicePrompts'], ['tellsAgent'], ['delivers'], ['startsHost']],
  diesTelling: [['devicePrompts'], ['tellsAgent'], ['losesMessage', 1], ['killsHost', 0], ['startsHost']],
  diesAsking: [['asks'], ['pushes'], ['killsHost', 0], ['startsHost'], ['polls']],
  // Dies with something said and not synced.
  diesSaying: [['says'], ['killsHost', 1], ['startsHost']],
  // A server that was put back, and devices that ask again.
  restored: [['backsUp'], ['devicePrompts'], ['tellsAgent'], ['delivers'], ['restores'], ['deviceResends']],
  restoredAnswered: [
    ...([['asks'], ['pushes'], ['backsUp'], ['deviceAllows'], ['tellsAgent'], ['restores'], ['tells']] as const),
  ],
  restoredUntold: [['devicePrompts'], ['losesMessage', 1], ['backsUp'], ['tellsAgent'], ['restores']],
  restoredTaken: [['devicePrompts'], ['commits'], ['backsUp'], ['tellsAgent'], ['delivers'], ['restores'], ['tells']],
  // Queued in the dump, done since, and of a device (the last of three) that is revoked before the host can say so.
  restoredRevoked: [
    ...([
      ['startsServer'],
      ['cutsNetwork'],
      ['devicePrompts', 2],
      ['commits', 5],
      ['commits', 5],
      ['backsUp'],
    ] as const),
    ...([['mendsNetwork', 0, 0], ['tellsAgent'], ['cutsNetwork'], ['restores'], ['revokes', 0]] as const),
    ...([['mendsNetwork', 0, 0]] as const),
  ],
  // Back to before this attachment, or to before what it has told, while it has more to tell.
  restoredEpoch: [['backsUp'], ['killsHost', 0], ['startsHost'], ['asks'], ['pushes'], ['restores'], ['asks']],
  restoredBehind: [['backsUp'], ['asks'], ['pushes'], ['asks'], ['pushes'], ['restores'], ['pushes']],
  // Two devices in one moment; a wrong answer, then a right one; the terminal too.
  answeredTwice: [['asks'], ['pushes'], ['deviceAllows', undefined, 0], ['tellsAgent']],
  answeredWrongly: [['asks'], ['pushes'], ['deviceErrs', 0, 0], ['tells'], ['deviceAllows'], ['tellsAgent']],
  answeredHere: [['asks'], ['pushes'], ['terminalAnswers'], ['deviceDenies'], ['tellsAgent']],
  // An older attachment speaks; a settled command is settled again.
  zombie: [['killsHost', 0], ['startsHost'], ['says'], ['pushes'], ['zombieSpeaks', undefined, 1]],
  zombieConflicts: [['asks'], ['pushes'], ['saysPoison', undefined, 1]],
  zombieSettles: [['devicePrompts'], ['tellsAgent'], ['tells'], ['zombieSpeaks', undefined, 0]],
  // Sent twice, or answered into the void, by a device or by the host.
  sentAgain: [['losesReply', 0, 1], ['devicePrompts', 1], ['tells'], ['deviceResends', 1], ['deviceResends', 1]],
  pushedAgain: [['pushes'], ['losesReply', 1], ['asks'], ['pushes'], ['repeatsMessage', 1], ['asks'], ['pushes']],
  pushedLost: [['pushes'], ['losesMessage', 1], ['asks'], ['pushes']],
  saysUnheard: [['pushes'], ['cutsNetwork'], ['asks'], ['says'], ['delivers'], ['delivers'], ['delivers']],
  takenUnheard: [['pushes'], ['losesReply', 1], ['devicePrompts'], ['devicePrompts'], ['tellsAgent'], ['tells']],
  takenLost: [['pushes'], ['losesMessage', 1], ['devicePrompts'], ['tellsAgent'], ['tells']],
  toldLost: [
    ...([['asks'], ['pushes'], ['deviceAllows', undefined, 1], ['tellsAgent']] as const),
    ...([['losesMessage', 1], ['losesMessage', 1], ['delivers']] as const),
  ],
  toldCut: [['asks'], ['pushes'], ['deviceAllows'], ['tellsAgent'], ['cutsNetwork'], ['says'], ['mendsNetwork', 0, 0]],
  toldUncommitted: [
    ['asks'],
    ['pushes'],
    ['deviceAllows', undefined, 1],
    ['tellsAgent'],
    ['failsCommit'],
    ['delivers'],
  ],
  commitFails: [['asks'], ['failsCommit'], ['asks'], ['pushes'], ['failsCommit'], ['devicePrompts'], ['tellsAgent']],
  // Much at once.
  bursts: [['says'], ['asks'], ['asks'], ['says'], ['asks'], ['pushes'], ['views']],
  queues: [['cutsNetwork'], ...Array.from({ length: 3 }, () => ['devicePrompts'] as const), ['mendsNetwork', 0, 0]],
  revokes: [['revokes', 0], ['says'], ['pushes'], ['delivers']],
} satisfies Record<string, Passage>

export type Motif = keyof typeof passages

const drawn: fc.Arbitrary<number[]> = fc.nat({ max: largestStep }).map((number) => [number])

const stepsOf = (passage: Passage, luck: readonly number[]): number[] =>
  passage.map(([kind, a, b], at) => {
    const drawn = luck[at] ?? 0
    return numberOf(kind, a ?? drawn & 0xff, b ?? drawn >>> 8, 'real')
  })

function passageOf(motifs: readonly Motif[]): fc.Arbitrary<number[]> {
  const luck = fc.noBias(fc.array(fc.nat({ max: 0xffff }), { minLength: 8, maxLength: 8 }))
  return fc.tuple(fc.constantFrom(...motifs), luck).map(([which, luck]) => stepsOf(passages[which], luck))
}

/** All lengths up to about the longest alike, half of the steps in passages. */
export const realHistories = (longest: number): fc.Arbitrary<number[]> =>
  fc
    .noBias(
      fc.array(
        fc.oneof(
          { weight: 5, arbitrary: drawn },
          { weight: 1, arbitrary: passageOf(Object.keys(passages) as Motif[]) },
        ),
        { maxLength: Math.ceil(longest * 0.6), size: 'max' },
      ),
    )
    .map((parts) => parts.flat())

/** Everything works again before a passage: it is what is to be met. */
const ready: Passage = [['startsServer'], ['startsHost'], ['mendsNetwork', 0, 0]]

/** Short ones, most of whose steps are in passages of these kinds. */
export const aimedHistories = (motifs: readonly Motif[]): fc.Arbitrary<number[]> => {
  const few = (maxLength: number) => fc.array(drawn, { maxLength, size: 'max' }).map((parts) => parts.flat())
  const part = fc
    .tuple(passageOf(motifs), few(2))
    .map(([passage, more]) => [...stepsOf(ready, []), ...passage, ...more])
  return fc
    .noBias(fc.tuple(few(3), fc.array(part, { minLength: 3, maxLength: 5, size: 'max' })))
    .map(([before, parts]) => [...before, ...parts.flat()])
}
