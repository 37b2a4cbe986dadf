/** Says what was broken, from the logs of all sides: journal, database, viewers, senders, agent. Pure: the same evidence gives the same verdict. */
import type { CommandEvidence, DecisionEvidence, EventLine, Evidence, SessionEvidence, Violation } from './evidence.ts'

const SETTLED = new Set(['APPLIED', 'REFUSED', 'SUPERSEDED', 'EXPIRED', 'UNKNOWN'])
/** What a journal may say of a prompt that was taken and that the agent was not given. */
const ENDS_WITHOUT_EFFECT = new Set(['WITHDRAWN', 'REFUSED', 'UNKNOWN', 'HELD', 'QUEUED', 'CANCELLED'])
/** So many of one rule are told; the rest is a number. */
const MAX_TOLD = 20

export function judge(evidence: Evidence): Violation[] {
  const found: Violation[] = evidence.complaints.map((what) => ({ rule: 'complaint', what }))
  const breaks = (rule: string, what: string) => void found.push({ rule, what })
  for (const session of evidence.sessions) judgeSession(session, breaks)
  for (const command of evidence.commands) judgeCommand(command, breaks)
  const commands = new Map(evidence.commands.map((command) => [command.key, command]))
  for (const decision of evidence.decisions) judgeDecision(decision, commands, breaks)
  return found
}

type Breaks = (rule: string, what: string) => void

function judgeSession({ id, journal, stored, viewers, said, told }: SessionEvidence, breaks: Breaks): void {
  compare(`the journal of ${id}`, journal, journal, breaks)
  compare(`the database of ${id}`, journal, stored, breaks)
  for (const { name, seen } of viewers) compare(name, journal, seen, breaks)
  judgeTexts(id, said, told, breaks)
}

/** Walks a log beside the journal: each number once, in order, with the journal's digest, to the end (E1, E2, L3, L6). */
function compare(who: string, journal: readonly EventLine[], log: readonly EventLine[], breaks: Breaks): void {
  let count = 0
  const tell = (rule: string, what: string) => {
    count++
    if (count <= MAX_TOLD) breaks(rule, `${who}: ${what}`)
  }
  const byNumber = new Map(journal)
  const had = new Set<number>()
  let highest = 0
  for (const [seq, digest] of log) {
    if (had.has(seq)) tell('doubled', `event ${seq} came again`)
    else if (seq < highest) tell('reordered', `event ${seq} came after ${highest}`)
    else if (seq > highest + 1) tell('lost', `event ${seq} came after ${highest}`)
    had.add(seq)
    highest = Math.max(highest, seq)
    const kept = byNumber.get(seq)
    if (kept === undefined) tell('unjournaled', `event ${seq} is not in the journal`)
    else if (kept !== digest) tell('changed', `event ${seq} is ${digest}, in the journal ${kept}`)
  }
  const last = journal.at(-1)?.[0] ?? 0
  if (highest < last) tell('lost', `it ends at ${highest}, the journal at ${last}`)
  if (count > MAX_TOLD) breaks('more', `${who}: ${count - MAX_TOLD} more of these`)
}

/** What the agent wrote is in the journal once and in its order; of each process, all up to some text, for the end may have died with its host. */
function judgeTexts(id: string, said: SessionEvidence['said'], told: readonly number[], breaks: Breaks): void {
  const has = new Set<number>()
  let before = 0
  for (const text of told) {
    if (has.has(text)) breaks('doubled', `${id}: the agent's text ${text} is in the journal twice`)
    else if (text < before) breaks('reordered', `${id}: the agent's text ${text} is behind ${before}`)
    has.add(text)
    before = Math.max(before, text)
  }
  const endOf = new Map<number, number>()
  for (const { launch, first, last, excuse } of said) {
    if (excuse !== undefined) continue
    for (let text = first; text <= last; text++) {
      if (!has.has(text)) endOf.set(launch, Math.min(endOf.get(launch) ?? text, text))
      else if (endOf.has(launch)) {
        breaks(
          'lost',
          `${id}: the agent's text ${endOf.get(launch)} is not in the journal, ${text} of the same process is`,
        )
        endOf.delete(launch)
        return
      }
    }
  }
}

/** One effect, or an UNKNOWN or a refusal that its sender was shown (C1, C3, C4, C5). */
function judgeCommand(command: CommandEvidence, breaks: Breaks): void {
  const { key, kind, refusedWith, stored, shown, isForgotten, effects, fate } = command
  const who = `${kind} ${key} of ${command.device}`
  if (effects !== null && effects > 1) breaks('doubled effect', `${who} had ${effects} effects`)
  if (refusedWith !== null) {
    if (effects !== null && effects > 0 && stored === null)
      breaks('effect of a refused', `${who} was refused with ${refusedWith} and had an effect`)
    return
  }
  if (shown === null || !SETTLED.has(shown))
    return void breaks('hung', `${who} was last shown as ${shown ?? 'nothing'}`)
  if (!isForgotten && stored !== shown)
    breaks('shown otherwise', `${who} is ${stored ?? 'not'} stored and was shown as ${shown}`)
  if (effects === null) return
  if (shown === 'APPLIED') {
    const isExplained = effects === 1 || ENDS_WITHOUT_EFFECT.has(fate ?? '')
    if (!isExplained)
      breaks('lost effect', `${who} was APPLIED, is ${fate ?? 'not told of'}, and never reached the agent`)
  } else if (shown !== 'UNKNOWN' && effects > 0) breaks('effect of a refused', `${who} was ${shown} and had an effect`)
}

/** Seen, settled once, with the effect that is recorded; each loser told (D1 to D4). */
function judgeDecision(
  { marker, agentGot, excuse, journal, stored, answers, terminal }: DecisionEvidence,
  commands: ReadonlyMap<string, CommandEvidence>,
  breaks: Breaks,
): void {
  if (journal === null) {
    // Asked of a session that was ending, it was never open.
    if (agentGot !== 'gone' && agentGot !== 'cancelled' && excuse === undefined)
      breaks('unseen', `${marker} was asked, got ${agentGot ?? 'nothing'}, and is in no journal`)
    return
  }
  const [settled, ...more] = journal.settled
  if (settled === undefined) return void breaks('hung', `${marker} was never settled`)
  if (more.length > 0) breaks('doubled', `${marker} was settled ${more.length + 1} times`)
  if (agentGot === null) breaks('hung', `the agent never got an answer to ${marker}`)
  if (stored === null) return void breaks('unseen', `${marker} is in the journal and not in the database`)
  if (stored.state !== 'SETTLED') breaks('hung', `${marker} is ${stored.state} in the database`)
  const isAnswered = settled.outcome === 'ANSWERED'
  // The host of an excused one answered its agent by itself.
  const isOwn = excuse === undefined && agentGot !== null && agentGot !== 'gone'
  if (isOwn && isAnswered && agentGot !== settled.optionId)
    breaks('wrong winner', `${marker}: the agent got ${agentGot}, recorded is ${settled.optionId}`)
  if (isOwn && !isAnswered && agentGot !== 'cancelled')
    breaks('wrong winner', `${marker}: the agent got ${agentGot}, recorded is ${settled.outcome}`)
  if (stored.state === 'SETTLED' && stored.optionId !== settled.optionId && stored.outcome === settled.outcome)
    breaks('wrong winner', `${marker}: the database has ${stored.optionId}, the journal ${settled.optionId}`)
  const given = answers.flatMap((key) => commands.get(key) ?? [])
  const applied = given.filter(({ shown }) => shown === 'APPLIED')
  if (applied.length > 1) breaks('two winners', `${marker}: ${applied.length} answers were APPLIED`)
  for (const { key, optionId } of applied) {
    if (settled.surface !== 'DEVICE' || settled.optionId !== optionId)
      breaks(
        'wrong winner',
        `${marker}: ${key} (${optionId}) was APPLIED, recorded is ${settled.surface} ${settled.optionId}`,
      )
  }
  const isOther = terminal?.winner && isAnswered && terminal.winner.optionId !== settled.optionId
  if (isOther) breaks('loser misled', `${marker}: the terminal was told of ${terminal?.winner?.optionId}`)
}
