// The rules the pure machine follows, each of which can be broken alone, and which invariant must see that it is.
import type { Invariant } from './invariants.ts'

export const rules = {
  /** E1: nothing leaves before it is on disk. */
  syncedBeforePush: true,
  /** E2: a number that is there is not stored again. */
  dedupes: true,
  /** E2: a gap is refused. */
  refusesGap: true,
  /** E2: the start says from where to push on. */
  startsWhereServerStands: true,
  /** E4: a newer epoch fences every older one. */
  fences: true,
  /** E5: what fences an attachment is a newer epoch; an older one is a server that came back behind. */
  comesBackAfterRestore: true,
  /** E1: every attachment has an epoch of its own. */
  mintsEpoch: true,
  /** E7: what is refused for good becomes a tombstone of the same number. */
  buries: true,
  /** L2, E2: the bell and the acknowledgement follow the commit. */
  ringsAfterCommit: true,
  rings: true,
  acknowledgesAfterCommit: true,
  /** L3: mark, read, wait. */
  marksBeforeRead: true,
  /** L6: a viewer goes on from its own last number. */
  resumesFromCursor: true,
  /** C1: one row per key. */
  keysAreOne: true,
  /** C2: a place that does not fit is read from the beginning. */
  placeMustFit: true,
  /** C2: what the acknowledgement says was refused meanwhile is not carried out. */
  runsWhatIsGiven: true,
  /** C3: the ledger is kept, and asked. */
  keepsLedger: true,
  asksLedger: true,
  /** C1, C3: sent again to a server that has forgotten it, it is the same command to the host. */
  knowsByKey: true,
  /** C4: what was queued when the database was put back may have been fetched since. */
  doubtsQueued: true,
  /** C4: an intent without a result is UNKNOWN. */
  saysUnknown: true,
  /** C3: a result is told until the server has it. */
  tellsUntilHeard: true,
  /** C3: what comes again after it was told is told again (a server that came back behind). */
  tellsAgain: true,
  /** D2: one conditional update. */
  locksDecision: true,
  /** D2: a proposal that came to nothing reopens the decision. */
  reopens: true,
  /** D3: the host settles a decision once. */
  settlesOnce: true,
  /** D3: the agent hears the answer that the journal names. */
  agentHearsWinner: true,
  /** D1, C3: the answer is on disk before the agent has it. */
  settledBeforeEffect: true,
  /** D3: who answers at the terminal too late is told who won. */
  tellsTerminal: true,
  /** D2: what a dead process left open is closed. */
  closesLeftOpen: true,
  /** T3: revocation ends streams, and refuses what is queued and what comes. */
  revocationEndsStreams: true,
  revocationEndsCommands: true,
}

export type Rules = typeof rules

/** Each breaks one rule; any one of the invariants named is the right one to see it. */
export const mutants: { breaks: keyof Rules; seenBy: Invariant[] }[] = [
  { breaks: 'syncedBeforePush', seenBy: ['prefix'] },
  { breaks: 'dedupes', seenBy: ['prefix', 'dense'] },
  { breaks: 'refusesGap', seenBy: ['prefix', 'dense', 'acknowledged'] },
  { breaks: 'startsWhereServerStands', seenBy: ['converges'] },
  { breaks: 'fences', seenBy: ['prefix', 'dense'] },
  { breaks: 'comesBackAfterRestore', seenBy: ['converges'] },
  { breaks: 'mintsEpoch', seenBy: ['converges', 'prefix'] },
  { breaks: 'buries', seenBy: ['converges'] },
  { breaks: 'ringsAfterCommit', seenBy: ['converges'] },
  { breaks: 'rings', seenBy: ['converges'] },
  { breaks: 'acknowledgesAfterCommit', seenBy: ['acknowledged'] },
  { breaks: 'marksBeforeRead', seenBy: ['converges'] },
  { breaks: 'resumesFromCursor', seenBy: ['viewerPrefix'] },
  { breaks: 'keysAreOne', seenBy: ['onceOnly'] },
  { breaks: 'placeMustFit', seenBy: ['losersTold', 'converges'] },
  { breaks: 'runsWhatIsGiven', seenBy: ['onceOnly'] },
  { breaks: 'keepsLedger', seenBy: ['onceOnly', 'losersTold', 'converges'] },
  { breaks: 'asksLedger', seenBy: ['onceOnly'] },
  { breaks: 'knowsByKey', seenBy: ['onceOnly'] },
  { breaks: 'doubtsQueued', seenBy: ['onceOnly'] },
  { breaks: 'saysUnknown', seenBy: ['losersTold', 'answered'] },
  { breaks: 'tellsUntilHeard', seenBy: ['losersTold'] },
  { breaks: 'tellsAgain', seenBy: ['losersTold'] },
  { breaks: 'locksDecision', seenBy: ['oneEffect'] },
  { breaks: 'reopens', seenBy: ['answered'] },
  { breaks: 'settlesOnce', seenBy: ['oneEffect', 'losersTold'] },
  { breaks: 'agentHearsWinner', seenBy: ['oneEffect'] },
  { breaks: 'settledBeforeEffect', seenBy: ['oneEffect'] },
  { breaks: 'tellsTerminal', seenBy: ['losersTold'] },
  { breaks: 'closesLeftOpen', seenBy: ['answered'] },
  { breaks: 'revocationEndsStreams', seenBy: ['silence'] },
  { breaks: 'revocationEndsCommands', seenBy: ['silence'] },
]
