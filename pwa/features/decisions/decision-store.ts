// Every decision this device has heard of, in one place: the inbox, the badge and the session screen read the same rows.
// Fed by `decisionsChanged`. Knows nothing of how an answer is sent.
import { graphql, type ResultOf } from '../../graphql/graphql.ts'
import type { Live } from '../../graphql/live.ts'

export const SettlementFields = graphql(`
  fragment SettlementFields on Settlement @_unmask {
    at outcome optionId optionName reason answer
    origin { surface deviceId deviceName commandId }
  }
`)

export const DecisionFields = graphql(
  `
  fragment DecisionFields on Decision @_unmask {
    id kind state epoch title evidence evidenceDigest cwd paths plan openedAt settledAt toolCallId toolKind wordsGo
    options { id kind name description rung thenMode }
    questions {
      name title description type required allowsOther otherName default format minimum maximum maxLength
      choices { value title description }
    }
    proposal { __typename id state createdAt deviceId deviceName }
    settlement { ...SettlementFields }
    session { id title branch cwd agent { id name } host { id name liveUntil } allowed { rung rule code message } }
  }
`,
  [SettlementFields],
)

export const DecisionsChangedDocument = graphql(
  `subscription DecisionsChanged { decisionsChanged { isSnapshot decisions { ...DecisionFields } } }`,
  [DecisionFields],
)

export type Decision = ResultOf<typeof DecisionFields>
export type Settlement = ResultOf<typeof SettlementFields>

export type DecisionStore = {
  /** Open ones, longest first; a new array only when something changed. */
  open(): readonly Decision[]
  /** Settled ones that are known here, newest first. */
  settled(): readonly Decision[]
  /** Open or settled, if it was ever seen here. */
  get(id: string): Decision | undefined
  /** False until the first snapshot: an empty list means nothing before. */
  isLoaded(): boolean
  /** A decision read by other means (settled ones, one opened by address). Never turns a settled one back to open. */
  put(...decisions: Decision[]): void
  subscribe(onChange: () => void): () => void
  /** What was open when this device last heard: shown, with its ages, until the server says what is open now. */
  recall(decisions: readonly Decision[]): void
  /** Ends with the signal. */
  follow(live: Live, signal: AbortSignal): void
}

const MOST_SETTLED = 200

/** Oldest first; the id breaks a tie, so that rows never change places by themselves. */
export const longestFirst = (a: Decision, b: Decision): number =>
  Date.parse(a.openedAt) - Date.parse(b.openedAt) || (a.id < b.id ? -1 : 1)

const settledMs = (decision: Decision): number =>
  Date.parse(decision.settlement?.at ?? decision.settledAt ?? decision.openedAt)
const newestFirst = (a: Decision, b: Decision): number => settledMs(b) - settledMs(a) || (a.id < b.id ? -1 : 1)

export function createDecisionStore(): DecisionStore {
  const known = new Map<string, Decision>()
  const listeners = new Set<() => void>()
  let open: readonly Decision[] = []
  let settled: readonly Decision[] = []
  let loaded = false

  const changed = () => {
    open = [...known.values()].filter((decision) => decision.state === 'OPEN').sort(longestFirst)
    const over = [...known.values()].filter((decision) => decision.state === 'SETTLED').sort(newestFirst)
    for (const old of over.slice(MOST_SETTLED)) known.delete(old.id)
    settled = over.slice(0, MOST_SETTLED)
    for (const listener of listeners) listener()
  }
  const take = (decision: Decision) => {
    // A snapshot read before the settlement may arrive after it. Settled is final (D3).
    if (known.get(decision.id)?.state === 'SETTLED' && decision.state === 'OPEN') return
    known.delete(decision.id)
    known.set(decision.id, decision)
  }

  return {
    open: () => open,
    get: (id) => known.get(id),
    isLoaded: () => loaded,
    settled: () => settled,
    put(...decisions) {
      for (const decision of decisions) take(decision)
      changed()
    },
    subscribe(onChange) {
      listeners.add(onChange)
      return () => listeners.delete(onChange)
    },
    recall(decisions) {
      if (loaded) return
      for (const decision of decisions) if (!known.has(decision.id)) take(decision)
      changed()
    },
    follow(live, signal) {
      live({
        document: DecisionsChangedDocument,
        variables: () => ({}),
        signal,
        onData: ({ decisionsChanged: change }) => {
          if (change.isSnapshot) {
            // What was open here and is not in the snapshot was settled while nobody listened, or is no longer ours to see.
            const there = new Set(change.decisions.map((decision) => decision.id))
            for (const decision of open) if (!there.has(decision.id)) known.delete(decision.id)
            loaded = true
          }
          for (const decision of change.decisions) take(decision)
          changed()
        },
      })
    },
  }
}
