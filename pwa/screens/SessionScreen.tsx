// One session: header, plan, transcript, what waits, the open decision, the composer. A screen on a phone, a pane on a desktop.
import './session.css'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { useLocation } from 'wouter'
import { DecisionPanel } from '../features/decisions/DecisionPanel.tsx'
import { DecisionSheet } from '../features/decisions/DecisionSheet.tsx'
import { useSessionDecisions } from '../features/decisions/decisions.tsx'
import { reaches } from '../features/devices/rung-words.ts'
import { FoundBar } from '../features/search/found-bar.tsx'
import { SearchSheet } from '../features/search/SearchSheet.tsx'
import { useFind, useFindKey } from '../features/search/use-find.ts'
import { useEndings } from '../features/session/endings.tsx'
import { useEscapeCancels } from '../features/session/escape-cancels.tsx'
import { SessionHeader } from '../features/session/session-header.tsx'
import { SessionMenu } from '../features/session/session-menu.tsx'
import { useMoment } from '../features/session/use-moment.tsx'
import { useSession } from '../features/session/use-session.ts'
import { WaitingBar } from '../features/session/waiting-bar.tsx'
import { AwaitsTrust } from '../features/sign-in/awaits-trust.tsx'
import { CancelTurn } from '../features/steering/cancel-turn.tsx'
import { Composer } from '../features/steering/composer.tsx'
import { writeDraft } from '../features/steering/drafts.ts'
import { SteeringProvider, useSteering } from '../features/steering/steering.tsx'
import type { Item } from '../features/transcript/items/shape.ts'
import { PlaceView } from '../features/transcript/place-view.tsx'
import { type TranscriptContext, TranscriptProvider } from '../features/transcript/transcript-context.tsx'
import { TranscriptView } from '../features/transcript/transcript-view.tsx'
import { useTail } from '../features/transcript/use-tail.ts'
import { useLink } from '../graphql/connection-context.tsx'
import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/note.tsx'
import { PlanStrip } from '../ui/plan-strip.tsx'
import { useWide } from '../ui/wide.ts'

/** `decisionId`: the decision that was asked for by address; it opens by itself. */
export default function SessionScreen({ id, decisionId }: { id: string; decisionId?: string }) {
  return (
    <SteeringProvider sessionId={id}>
      <Session id={id} {...(decisionId === undefined ? {} : { decisionId })} />
    </SteeringProvider>
  )
}

/** What was kept back before remote was on is nothing to read yet. */
const isSaid = (item: Item): boolean => item.kind !== 'note' || item.note.__typename !== 'HistoryWithheld'

function Session({ id, decisionId }: { id: string; decisionId?: string }) {
  const wide = useWide()
  const link = useLink()
  const [, go] = useLocation()
  const { send, deviceId } = useSteering()
  const { state, older, trim } = useTail(id)
  const session = useSession(id, state, deviceId)
  const { row, around, composer } = session
  const [asked, setAsked] = useState(decisionId)
  const [draftTurn, setDraftTurn] = useState(0)
  const [sentCount, setSentCount] = useState(0)
  const open = useSessionDecisions(id)
  const find = useFind(id)
  useFindKey(find)
  const moment = useMoment(id)
  useEffect(() => setAsked(decisionId), [decisionId])

  const sendAgain = useCallback(
    (text: string) => {
      writeDraft(id, text)
      setDraftTurn((turn) => turn + 1)
    },
    [id],
  )
  const may = composer !== null && composer.ended === null && reaches(composer.rung, 'STEER')
  const deviceAway = link.kind === 'offline' || link.kind === 'reconnecting'
  const seenUpTo = state.source === 'kept' ? state.seenAt : deviceAway ? link.sinceMs : null
  const { endings, sheet } = useEndings({
    sessionId: id,
    transcript: state.transcript,
    queue: session.queue,
    around,
    may,
    seenUpTo,
    deviceAway,
    onSendAgain: sendAgain,
    onShow: moment.show,
  })
  const hostName = around.hostName
  const agentName = row?.agent.name ?? 'The agent'
  const cwd = row?.cwd ?? ''
  const modes = composer?.modes
  // The set keeps its identity while the same decisions are open: every row of the transcript reads it.
  const openIds = open.map((decision) => decision.id).join(' ')
  const standsBelow = useMemo(() => new Set(openIds.split(' ')), [openIds])
  const context = useMemo<TranscriptContext>(
    () => ({
      sessionId: id,
      hostName,
      agentName,
      cwd,
      deviceId,
      modeName: (modeId) => modes?.find((mode) => mode.id === modeId)?.name ?? modeId,
      openDecision: setAsked,
      standsBelow,
      sendAgain,
    }),
    [id, hostName, agentName, cwd, deviceId, modes, sendAgain, standsBelow],
  )
  const turn = composer?.turn ?? null
  const escapeQuestion = useEscapeCancels(wide && composer?.rung !== 'VIEW' ? turn : null, hostName)

  const gone = session.detail.problem?.code === 'NOT_FOUND' || (state.problem?.code === 'NOT_FOUND' && row === null)
  if (gone)
    return (
      <EmptyState action={<Button onClick={() => go('/')}>All sessions</Button>}>
        This session is not here. It was deleted, or it belongs to somebody else.
      </EmptyState>
    )
  const refused = state.problem !== null && state.problem.code !== 'NOT_FOUND' ? state.problem : null
  return (
    <TranscriptProvider value={context}>
      <div className="session">
        <SessionHeader
          session={row}
          wide={wide}
          steps={session.steps}
          usage={session.usage}
          onBack={() => go('/')}
          cancel={
            turn &&
            composer &&
            composer.rung !== 'VIEW' && <CancelTurn turnId={turn.turnId} hostName={hostName} hint="Esc" />
          }
          menu={
            row && (
              <SessionMenu
                session={row}
                onSearch={find.open}
                onStop={row.state === 'ENDED' ? null : () => void send('stopSession', {}, 'Stop the session')}
                onDeleted={() => go('/')}
              />
            )
          }
        />
        {!wide && <PlanStrip steps={session.steps} />}
        {find.hit ? (
          <PlaceView key={find.hit.seq} sessionId={id} seq={find.hit.seq} words={find.words} />
        ) : moment.seq !== null ? (
          <PlaceView key={moment.seq} sessionId={id} seq={moment.seq} words="" />
        ) : (
          <TranscriptView
            state={state}
            endings={endings}
            working={turn !== null && !deviceAway}
            onOlder={older}
            onAtEnd={trim}
            sentCount={sentCount}
          />
        )}
        {state.source !== 'opening' && !state.transcript.items.some(isSaid) && endings.length === 0 && !refused && (
          <p className="session-empty">Nothing has been said yet.{may && ' Write the first prompt below.'}</p>
        )}
        {refused && (
          <p className="session-refused" role="alert">
            {refused.message} {refused.remedy}
          </p>
        )}
        <div className="session-foot">
          {find.hit ? <FoundBar find={find} /> : moment.bar}
          {wide ? (
            <DecisionPanel sessionId={id} {...(asked === undefined ? {} : { initialDecisionId: asked })} />
          ) : (
            <WaitingBar decisions={open} hidden={asked !== undefined} onOpen={setAsked} />
          )}
          {composer?.rung === 'VIEW' && <AwaitsTrust />}
          {composer && (
            <Composer
              key={draftTurn}
              session={composer}
              wide={wide}
              onSent={() => setSentCount((count) => count + 1)}
            />
          )}
        </div>
        {!wide && asked !== undefined && (
          <DecisionSheet key={asked} sessionId={id} initialDecisionId={asked} onClose={() => setAsked(undefined)} />
        )}
        <SearchSheet find={find} />
        {sheet}
        {escapeQuestion}
      </div>
    </TranscriptProvider>
  )
}
