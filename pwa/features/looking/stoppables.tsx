// What waits and what works, without a word of it: each can be denied or cancelled by whoever holds this device (D5).
import { useCallback, useEffect, useState } from 'react'
import { randomText } from '../../../protocol/bytes.ts'
import { useConnection } from '../../graphql/connection-context.tsx'
import { type Problem, problemOfResult } from '../../graphql/problem.ts'
import { noKeyProblem, signedInput } from '../../keys/signing.ts'
import { Button } from '../../ui/button.tsx'
import { Group, GroupHeading, Row } from '../../ui/row.tsx'
import type { Saying } from '../decisions/answers.ts'
import { useAnswers, useSaid } from '../decisions/answers-context.tsx'
import { mutations } from '../steering/mutations.ts'
import { denyState } from './deny-words.ts'
import { type Deniable, type Stoppable, StoppableDocument } from './documents.ts'

const LOOK_MS = 5_000
const WAITS = { PERMISSION: 'A permission waits', QUESTION: 'A question waits', PLAN: 'A plan waits' } as const

/** Looked for while the page is seen: what is shown when nobody may look is no live list. */
function useStoppable(): readonly Stoppable[] {
  const { urql } = useConnection()
  const [found, setFound] = useState<readonly Stoppable[]>([])
  useEffect(() => {
    let isOver = false
    const look = async () => {
      if (document.visibilityState !== 'visible') return
      const { data } = await urql.query(StoppableDocument, {}, { requestPolicy: 'network-only' }).toPromise()
      if (data && !isOver) setFound(data.stoppable)
    }
    void look()
    const timer = setInterval(() => void look(), LOOK_MS)
    return () => {
      isOver = true
      clearInterval(timer)
    }
  }, [urql])
  return found
}

/** Null where the agent offers no way to deny. */
function denial({ sessionId, hostId }: Stoppable, decision: Deniable): Saying | null {
  const { id: decisionId, kind, epoch, optionId, optionName } = decision
  const at = { sessionId, decisionId, epoch, evidenceDigest: null }
  const of = { what: optionName ?? 'Decline', isDeny: true, seen: { hostId, optionName } }
  if (kind === 'QUESTION') return { ...of, kind, input: { ...at, answer: { decline: { reason: null } } } }
  if (optionId === null) return null
  if (kind === 'PLAN') return { ...of, kind, input: { ...at, optionId, thenMode: null, comments: [] } }
  return { ...of, kind, input: { ...at, optionId, reason: null } }
}

function Waiting({ session, decision }: { session: Stoppable; decision: Deniable }) {
  const answers = useAnswers()
  const said = useSaid(decision.id)
  const deny = denial(session, decision)
  const { waits, said: became } = denyState(said, decision.said)
  const detail = [`On ${session.hostName}.`, became].filter(Boolean).join(' ')
  return (
    <Row
      wrap
      title={WAITS[decision.kind]}
      detail={deny ? detail : `On ${session.hostName}. Its agent offers no way to deny it.`}
      trailing={
        deny && (
          <Button kind="quiet" waiting={waits !== null} onClick={() => answers.say(deny)}>
            {waits ?? deny.what}
          </Button>
        )
      }
    />
  )
}

function Working({ session }: { session: Stoppable }) {
  const { urql } = useConnection()
  const [said, setSaid] = useState<string | null>(null)
  const { sessionId, hostId, hostName } = session
  const cancel = useCallback(async () => {
    setSaid('Sending')
    const asked = { sessionId, turnId: null, key: randomText(16) }
    const input = await signedInput('cancelTurn', asked, { hostId }, Date.now())
    const result = input && (await urql.mutation(mutations.cancelTurn, { input }).toPromise())
    const problem: Problem | null = result ? problemOfResult(result) : noKeyProblem
    setSaid(
      problem
        ? ['Not sent.', problem.message, problem.remedy].filter(Boolean).join(' ')
        : `Cancel sent to ${hostName}.`,
    )
  }, [urql, sessionId, hostId, hostName])
  return (
    <Row
      wrap
      title="An agent works"
      detail={said ?? `On ${hostName}.`}
      trailing={
        // It names no turn, and the one that follows can be cancelled as well.
        <Button kind="quiet" waiting={said === 'Sending'} onClick={() => void cancel()}>
          Cancel turn
        </Button>
      }
    />
  )
}

export function Stoppables() {
  const sessions = useStoppable()
  const waiting = sessions.flatMap((session) => session.decisions.map((decision) => ({ session, decision })))
  const working = sessions.filter(({ isWorking }) => isWorking)
  if (waiting.length + working.length === 0) return null
  return (
    <section className="look-stoppables">
      <GroupHeading>Without looking</GroupHeading>
      <Group label="Without looking">
        {waiting.map(({ session, decision }) => (
          <Waiting key={decision.id} session={session} decision={decision} />
        ))}
        {working.map((session) => (
          <Working key={session.sessionId} session={session} />
        ))}
      </Group>
    </section>
  )
}
