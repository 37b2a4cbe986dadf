// What was settled today, newest first: read once, then kept current by what this page hears.
import { useEffect } from 'react'
import { useLocation } from 'wouter'
import { useConnection } from '../../graphql/connection-context.tsx'
import { graphql } from '../../graphql/graphql.ts'
import { At } from '../../ui/age.tsx'
import { Group, GroupHeading, Row } from '../../ui/row.tsx'
import { StateGlyph } from '../../ui/state-glyph.tsx'
import { type Decision, DecisionFields } from './decision-store.ts'
import { settledLine, wasAllowed } from './decision-words.ts'
import { useDecisionStore, useSettledDecisions } from './decisions.tsx'
import { evidenceParts } from './evidence-parts.ts'
import { useMe } from './settled.tsx'

const SettledDocument = graphql(
  `query SettledDecisions { decisions(state: SETTLED, last: 50) { edges { node { ...DecisionFields } } } }`,
  [DecisionFields],
)

/** `Run npm test`: what it was, in one line. */
export function settledName(decision: Pick<Decision, 'kind' | 'title' | 'evidence' | 'session'>): string {
  if (decision.kind === 'PLAN') return `Plan: ${decision.session.title}`
  // A question stays one; `Edit auth.ts?` was about a deed.
  if (decision.kind === 'QUESTION') return decision.title
  if (decision.title !== 'Run this command?') return decision.title.replace(/\?$/, '')
  const command = evidenceParts(decision.evidence)?.command ?? decision.evidence
  return `Run ${command.split('\n', 1)[0] ?? ''}`
}

const startOfToday = (): number => new Date().setHours(0, 0, 0, 0)

function SettledRow({ decision }: { decision: Decision }) {
  const [, go] = useLocation()
  const me = useMe(decision.session.host.name)
  const { settlement } = decision
  if (!settlement) return null
  const address = `/s/${decision.session.id}?d=${decision.id}`
  return (
    <Row
      lead={<StateGlyph state={wasAllowed(decision) ? 'done' : 'denied'} />}
      title={settledName(decision)}
      detail={settledLine(settlement, me)}
      age={<At at={settlement.at} />}
      href={address}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return
        event.preventDefault()
        go(address)
      }}
    />
  )
}

/** Draws nothing on a day without settlements. */
export function SettledToday() {
  const { urql } = useConnection()
  const store = useDecisionStore()
  useEffect(() => {
    urql
      .query(SettledDocument, {}, { requestPolicy: 'network-only' })
      .toPromise()
      .then(({ data }) => {
        store.put(...(data?.decisions.edges ?? []).map(({ node }) => node))
      })
  }, [urql, store])
  const since = startOfToday()
  const today = useSettledDecisions().filter((one) => one.settlement && Date.parse(one.settlement.at) >= since)
  if (today.length === 0) return null
  return (
    <>
      <GroupHeading>Settled today</GroupHeading>
      <Group>
        {today.map((decision) => (
          <SettledRow key={decision.id} decision={decision} />
        ))}
      </Group>
    </>
  )
}
