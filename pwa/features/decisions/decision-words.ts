// What is said of decisions: who answered, where and when; what an answer that came second is told; where words go. Tables; pure.
import { clockWords, momentWords } from '../../ui/age-words.ts'
import type { Decision, Settlement } from './decision-store.ts'

/** Where it was settled, seen from this device: `at the terminal`, `on this phone`, `on iPad`. */
export function placeWords(
  settlement: Settlement,
  me: { deviceId: string | null; word: string; hostName: string },
): string {
  const { surface, deviceId, deviceName } = settlement.origin
  switch (surface) {
    case 'TERMINAL':
      return 'at the terminal'
    case 'DEVICE':
      return deviceId !== null && deviceId === me.deviceId
        ? `on this ${me.word}`
        : `on ${deviceName ?? 'another device'}`
    case 'HOST':
      return `by ${me.hostName}`
    case 'AGENT':
      return 'by the agent'
  }
}

export const answerName = (settlement: Settlement): string | null => {
  const name = settlement.optionName ?? settlement.answer
  return name === null || name.trim() === '' ? null : name
}

type Me = { deviceId: string | null; word: string; hostName: string; now: number }

/** `Answered at the terminal 14:02: Allow once` · `Cancelled with the turn 14:02` · `No longer asked since 14:02`. */
export function settledTitle(settlement: Settlement, me: Me): string {
  const at = momentWords(Date.parse(settlement.at), me.now)
  if (settlement.outcome === 'CANCELLED') return `Cancelled with the turn ${at}`
  if (settlement.outcome === 'WITHDRAWN') return `No longer asked since ${at}`
  const name = answerName(settlement)
  return `Answered ${placeWords(settlement, me)} ${at}${name === null ? '' : `: ${name}`}`
}

/** `At the terminal: Allow once`, for a list that already says when. */
export function settledLine(settlement: Settlement, me: Omit<Me, 'now'>): string {
  if (settlement.outcome === 'CANCELLED') return 'Cancelled with the turn'
  if (settlement.outcome === 'WITHDRAWN') return 'No longer asked'
  const place = placeWords(settlement, me)
  const name = answerName(settlement)
  return `${place.charAt(0).toUpperCase()}${place.slice(1)}${name === null ? '' : `: ${name}`}`
}

/** How the host writes down that a question was declined; an answer has the person's words. */
const DECLINED = 'Declined'

/** The settlement allowed something: a tick in a list; else a cross. */
export const wasAllowed = (decision: Decision): boolean => {
  const { settlement } = decision
  if (settlement?.outcome !== 'ANSWERED') return false
  const option = decision.options.find((one) => one.id === settlement.optionId)
  return option ? !option.kind.startsWith('reject') : settlement.answer !== null && settlement.answer !== DECLINED
}

/** For who came second: null when this device's own answer won, or it gave none. */
export function loserWords(
  said: { what: string; key: string; saidAtMs: number; isDeny: boolean; commandId: string | null } | null,
  decision: Pick<Decision, 'kind' | 'settlement'>,
): { lead: string; rest: string } | null {
  const { settlement } = decision
  if (!said || !settlement || (said.commandId !== null && settlement.origin.commandId === said.commandId)) return null
  const at = clockWords(said.saidAtMs, { seconds: true })
  const lead = `Your ${said.what} came ${settlement.outcome === 'ANSWERED' ? 'second' : 'too late'}`
  const cancel = said.isDeny && decision.kind === 'PERMISSION' && settlement.outcome === 'ANSWERED'
  return { lead, rest: ` (${at}). It was not applied.${cancel ? ' To stop the command, cancel the turn.' : ''}` }
}

/** What a decision is about, for the line under "Deny with a reason" and for lists: `Run a command`. */
export function kindWords(decision: Pick<Decision, 'kind' | 'toolKind'>): string {
  if (decision.kind === 'QUESTION') return 'A question'
  if (decision.kind === 'PLAN') return 'A plan'
  const words: Record<string, string> = {
    execute: 'Run a command',
    edit: 'Change a file',
    delete: 'Delete a file',
    move: 'Move a file',
    read: 'Read a file',
    fetch: 'Fetch an address',
  }
  return words[decision.toolKind ?? ''] ?? 'A permission'
}

/** Where a reason goes (D7). */
export const reasonGoes: Record<Decision['wordsGo'], string> = {
  SAME_TURN: 'The agent reads it in this turn, right after the denial.',
  NEXT_PROMPT: 'This agent takes no reason with a denial. It is sent as the next prompt, right after.',
}

/** Where comments on a plan go (D7). */
export function commentsGo(wordsGo: Decision['wordsGo'], count: number): string {
  const yours = count === 1 ? 'Your comment' : `Your ${count} comments`
  if (wordsGo === 'SAME_TURN') return `${yours} ${count === 1 ? 'follows' : 'follow'} in the same turn.`
  return `This agent takes no words with an approval. ${yours} ${count === 1 ? 'goes' : 'go'} only with Reject, as the next prompt.`
}

/** `Reject` · `Reject with 1 comment` · `Reject with 3 comments`. The agent's own word stays in front. */
export const rejectWords = (name: string, comments: number): string =>
  comments === 0 ? name : `${name} with ${comments === 1 ? '1 comment' : `${comments} comments`}`

export const modeWords = { PLAN: 'Plan', INTERACTIVE: 'Interactive', AUTOPILOT: 'Autopilot' } as const
