// Everything a session's screen knows, joined: the row of the list, the session in full, and what the newest events say of it.
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import { useConnection, useLink } from '../../graphql/connection-context.tsx'
import type { PlanStep } from '../../ui/plan-strip.tsx'
import { useDecisionStore } from '../decisions/decisions.tsx'
import type { HostLife } from '../sessions/host-life.ts'
import type { SessionRow } from '../sessions/session-row.ts'
import { useHostLife, useNow, useSessionRow } from '../sessions/sessions.ts'
import { endedWords } from '../sessions/state-words.ts'
import type { ComposerSession } from '../steering/composer.tsx'
import type { Around } from '../steering/receipt-words.ts'
import type { TailState } from '../transcript/tail.ts'
import { planSteps } from './plan-steps.ts'
import { type Queued, queueOf } from './queue-order.ts'
import { createDetail, type DetailState, type DetailStore } from './session-detail.ts'
import type { Usage } from './usage-words.ts'

const nothing: DetailState = { detail: null, limits: null, problem: null }
const quiet = () => () => undefined
const MAX_PROMPT_CHARS = 100_000

export type Session = {
  /** Null until anything is known of it. */
  row: SessionRow | null
  detail: DetailState
  life: HostLife
  queue: readonly Queued[]
  steps: readonly PlanStep[]
  usage: Usage | null
  around: Around
  composer: ComposerSession | null
}

function useDetail(sessionId: string, stamp: string): DetailState {
  const connection = useConnection()
  const [store, setStore] = useState<DetailStore | null>(null)
  useEffect(() => {
    const opened = createDetail(connection, sessionId)
    setStore(opened)
    return () => opened.close()
  }, [connection, sessionId])
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new stamp is the reason to ask again
  useEffect(() => store?.refresh(), [store, stamp])
  return useSyncExternalStore(store?.subscribe ?? quiet, () => store?.current() ?? nothing)
}

/** `deviceId`: this device, as the identity names it. */
export function useSession(sessionId: string, tail: TailState, deviceId: string | null): Session {
  const listed = useSessionRow(sessionId)
  const { transcript } = tail
  const detail = useDetail(sessionId, `${transcript.rowSeq} ${listed?.updatedAt ?? ''} ${listed?.state ?? ''}`)
  // The list follows by itself; the detail is newer only while the list has not heard of the session.
  const row = listed ?? detail.detail
  const life = useHostLife(row?.host)
  const now = useNow()
  const page = useLink()
  const decisions = useDecisionStore()
  const full = detail.detail

  const queue = useMemo(() => queueOf(full, transcript), [full, transcript])
  const steps = useMemo(() => planSteps(transcript.plan, full?.plan ?? []), [transcript.plan, full?.plan])
  const mode = transcript.mode?.effective ?? full?.mode ?? row?.mode ?? null
  const modes = full?.modes ?? []
  const around: Around = {
    hostName: row?.host.name ?? 'the workstation',
    hostOfflineSince: life.live ? null : (life.since ?? now),
    now,
    deviceId,
    nameOf(kind, id, decisionId) {
      if (kind === 'mode') return modes.find((one) => one.id === id)?.name
      return decisions.get(decisionId ?? '')?.options.find((option) => option.id === id)?.name
    },
  }
  const requested = transcript.mode ? transcript.mode.requested : (full?.requestedMode ?? null)
  // A turn is over when the row says so, even if its end is not in the pages read here.
  const working = row?.state === 'WORKING'
  const turn =
    transcript.turn ?? (working && page.kind === 'live' && row ? { turnId: null, startedAt: row.stateSince } : null)
  const composer: ComposerSession | null = row && {
    id: sessionId,
    hostName: row.host.name,
    rung: row.allowed.rung,
    limit: { message: row.allowed.message, rule: row.allowed.rule },
    mode,
    requestedMode: requested,
    modes,
    slashCommands: full?.slashCommands ?? [],
    turn: working || row.state === 'IDLE' ? turn : null,
    ended: row.state === 'ENDED' ? `${endedWords(row.endReason)} To go on, start it again on ${row.host.name}.` : null,
    maxPromptChars: detail.limits?.maxPromptChars ?? MAX_PROMPT_CHARS,
    attachLimits: detail.limits,
  }
  return { row, detail, life, queue, steps, usage: transcript.usage ?? full?.usage ?? null, around, composer }
}
