// Which decision a session's sheet or panel shows: the one asked for, else the longest waiting; it stays until the person moves on,
// even when it is settled elsewhere meanwhile. And what waits after it.
import { useEffect, useState } from 'react'
import { useLocation } from 'wouter'
import { useConnection } from '../../graphql/connection-context.tsx'
import { graphql } from '../../graphql/graphql.ts'
import { type Decision, DecisionFields } from './decision-store.ts'
import { useDecision, useDecisionStore, useDecisions, useSessionDecisions } from './decisions.tsx'

const DecisionDocument = graphql(
  `query DecisionOfSession($sessionId: ID!, $id: ID!) { session(id: $sessionId) { id decision(id: $id) { ...DecisionFields } } }`,
  [DecisionFields],
)

export type Shown = {
  decision: Decision | undefined
  /** Open decisions beside this one, in all sessions. */
  othersWaiting: number
  /** Goes to the next: in this session, else in another. Null when nothing else waits. */
  next: (() => void) | null
  /** The person is done with the one that is shown: what waits, or opens later, takes its place. */
  leave(): void
}

export function useShownDecision(sessionId: string, initialDecisionId: string | undefined): Shown {
  const [, go] = useLocation()
  const { urql } = useConnection()
  const store = useDecisionStore()
  const all = useDecisions()
  const here = useSessionDecisions(sessionId)
  const [pinned, setPinned] = useState<string | undefined>(initialDecisionId)
  const first = here[0]?.id
  const shownId = pinned ?? first
  const decision = useDecision(shownId)

  useEffect(() => {
    if (initialDecisionId !== undefined) setPinned(initialDecisionId)
  }, [initialDecisionId])
  // Once seen it stays: another one must not slide under the finger when this one settles.
  useEffect(() => {
    if (pinned === undefined && first !== undefined) setPinned(first)
  }, [pinned, first])
  // A notification may lead to one that was settled long before this page was opened.
  useEffect(() => {
    if (shownId === undefined || store.get(shownId)) return
    urql
      .query(DecisionDocument, { sessionId, id: shownId }, { requestPolicy: 'network-only' })
      .toPromise()
      .then(({ data }) => {
        if (data?.session?.decision) store.put(data.session.decision)
      })
  }, [shownId, sessionId, urql, store])

  const others = all.filter((one) => one.id !== shownId)
  const following = here.find((one) => one.id !== shownId) ?? others[0]
  const next = following
    ? () =>
        following.session.id === sessionId
          ? setPinned(following.id)
          : go(`/s/${following.session.id}?d=${following.id}`)
    : null
  return { decision, othersWaiting: others.length, next, leave: () => setPinned(undefined) }
}
