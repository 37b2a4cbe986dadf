// Carries one session's journal to the server, in order, from where the server stands, for as long as remote is on (E2, E5).
// Survives every outage by itself; what ends it is said in its state. Knows no agent and no surface.
import type { Bodies } from '../journal/bodies.ts'
import { JournalError } from '../journal/failure.ts'
import type { EventLog } from '../journal/log.ts'
import { type Batch, createBatches } from './batches.ts'
import { createBodyUpload, referencesIn } from './body-upload.ts'
import { watchClock } from './clock-watch.ts'
import type { Caller } from './credentials.ts'
import { factNumber, RemoteError } from './failure.ts'
import { createFlight, type Flight } from './flight.ts'
import type { Held } from './forks.ts'
import { createBackoff, pause, probeTimeoutSeconds, sendTimeoutSeconds } from './pause.ts'
import { PushEvents, type SessionStart, StartSession } from './session-operations.ts'
import { createUnderWay } from './under-way.ts'
import { fencedReason, verdictOf } from './verdict.ts'

export type PusherState =
  | { is: 'connecting' | 'live' }
  | { is: 'away'; reason: string }
  /** Will try again when the rule may have changed. */
  | { is: 'paused'; code: string; reason: string }
  /** Never tries again. The journal stays. */
  | { is: 'ended'; code: string; reason: string }

export type Pusher = {
  readonly state: PusherState
  /** Number of the last event the server has confirmed. */
  readonly ackedSeq: number
  /** Resolves when everything now in the journal is confirmed, or when it cannot be; never rejects but by the signal. */
  flushed(signal?: AbortSignal): Promise<void>
  /** Something has changed (policy, network): try at once, and give up a request that seems to hang. */
  wake(): void
  /** The server may have been put back to an earlier state: asks where it stands, also when there is nothing to push (E5). */
  restart(): void
  /** Another attachment writes the session now (E4): ends at once, and what is not published stays here. */
  fence(): void
  close(): Promise<void>
}

/** What a content can be refused with for good. */
const finalForBody = new Set(['BODY_MISMATCH', 'BAD_INPUT', 'TOO_LARGE'])
const pausedRetryMs = 30_000
/** A request that takes longer, while others have reached the server, hangs on a dead line. */
const hangsAfterMs = 5_000

export function createPusher(options: {
  call: Caller
  /** Read at every start: facts like the name may have changed. */
  start: () => SessionStart
  log: Pick<EventLog, 'read' | 'waitFor' | 'firstSeq' | 'lastSeq' | 'trim'>
  bodies: Pick<Bodies, 'read'>
  /** Called after every change of state or of `ackedSeq`. */
  onChange: () => void
  /** The way to the server was lost, or is open again: others may want to try. */
  onWay?: () => void
  /** The server knows this attachment; called at every start. */
  onStarted?: () => void
  /** False while policy is OFF: then nothing leaves, whatever the server would take. `wake` when it may have changed. */
  mayPush?: () => boolean
  /** Called at every start with the server's last event, before anything is pushed: whoever keeps `log` may have to number what is new otherwise. */
  agree?: (held: Held, ask: Caller) => Promise<void>
  ackedSeq?: number
  random?: () => number
}): Pusher {
  const { log } = options
  const ended = new AbortController()
  const underWay = createUnderWay(options.call)
  const { ask } = underWay
  const backoff = createBackoff(options.random ? { random: options.random } : {})
  const batches = createBatches(log)
  let state: PusherState = { is: 'connecting' }
  let ackedSeq = options.ackedSeq ?? 0
  let waking = new AbortController()
  let isWoken = false
  let anew = new AbortController()
  let hasStarted = false
  /** What the last push has ended with, if it was a batch. */
  let untaken: Batch | null = null
  /** Until then the numbers here may change. */
  let hasAgreed = false
  const watch = watchClock(() => wake(0))
  const waiters = new Set<() => void>()

  function become(next: PusherState): void {
    const wayChanged = (state.is === 'away') !== (next.is === 'away')
    state = next
    changed()
    if (wayChanged) options.onWay?.()
  }

  const upload = createBodyUpload({ call: ask, sessionId: options.start().id, bodies: options.bodies })

  function wake(hangsAfterMs: number): void {
    isWoken = true
    backoff.reset()
    waking.abort()
    // Given up it counts as an outage.
    underWay.giveUp(hangsAfterMs, new RemoteError('UNREACHABLE', 'The way to the server was lost; it is tried again.'))
  }

  function changed(): void {
    options.onChange()
    for (const check of waiters) check()
  }

  async function run(): Promise<void> {
    while (!ended.signal.aborted && state.is !== 'ended') {
      try {
        await push(ended.signal)
      } catch (error) {
        if (ended.signal.aborted) return
        await recover(error)
      }
    }
  }

  /** Starts (or finds) the session and pushes until something goes wrong. */
  async function push(signal: AbortSignal): Promise<void> {
    anew = new AbortController()
    hasStarted = false
    untaken = null
    isWoken = false
    checkPolicy()
    const timeoutSeconds = state.is === 'away' ? probeTimeoutSeconds : sendTimeoutSeconds(0)
    const { startSession } = await ask(StartSession, { input: options.start() }, { timeoutSeconds })
    hasStarted = true
    options.onStarted?.()
    const { limits } = startSession
    const how = { ...limits, knownKinds: new Set(startSession.knownEventKinds) }
    const held = startSession.session.events.edges.at(-1)?.node
    await options.agree?.(
      {
        lastSeq: startSession.lastSeq,
        digest: held?.seq === startSession.lastSeq ? held.digest : null,
      },
      ask,
    )
    hasAgreed = true
    if (startSession.lastSeq > log.lastSeq) {
      const reason =
        'The server holds newer events of this session than this machine: its journal was lost or put back. Start a new session.'
      throw new RemoteError('EVENT_CONFLICT', reason)
    }
    ackedSeq = startSession.lastSeq
    // A start that succeeds before pushes that fail must not make it hurry.
    if (log.lastSeq <= ackedSeq) backoff.reset()
    become({ is: 'live' })
    const flight = createFlight(pushBatch, stored)
    const over = AbortSignal.any([signal, anew.signal])
    try {
      for (let sentSeq = ackedSeq; ; ) {
        // While others are under way only a full one goes: small ones are better sent together, and stored in one commit.
        const enough = flight.size === 0 ? sentSeq : sentSeq + limits.maxBatchEvents - 1
        if (!(await isDue(flight, enough, over))) continue
        checkPolicy()
        const batch = await batches.next(sentSeq, how)
        await putBodies(batch.events, signal)
        flight.send(batch)
        sentSeq += batch.events.length
      }
    } finally {
      flight.close()
      untaken = flight.failed
      // Whatever went wrong with one, those behind it are sent again.
      underWay.giveUp(0, new RemoteError('UNREACHABLE', 'The batch before it was not stored.'))
    }
  }

  /** True once there are events past `enough` and room for them; false when something else has happened meanwhile. */
  async function isDue(flight: Flight, enough: number, over: AbortSignal): Promise<boolean> {
    if (!flight.hasRoom) return flight.moved().then(() => false)
    if (flight.size === 0) return log.waitFor(enough, over).then(() => true)
    const waiting = new AbortController()
    const grown = log.waitFor(enough, AbortSignal.any([over, waiting.signal])).then(() => true)
    return Promise.race([grown, flight.moved().then(() => false)]).finally(() => waiting.abort())
  }

  function stored(lastSeq: number): void {
    ackedSeq = lastSeq
    backoff.reset()
    void log.trim(ackedSeq)
    changed()
  }

  function checkPolicy(): void {
    if (options.mayPush?.() === false) {
      throw new RemoteError(
        'POLICY',
        'Remote control is turned off by policy. What happens is kept here until it is turned on again.',
      )
    }
  }

  async function pushBatch({ events, bytes }: Batch): Promise<number> {
    const { id: sessionId, epoch, attachmentId } = options.start()
    const timeoutSeconds = sendTimeoutSeconds(bytes)
    const { pushEvents } = await ask(PushEvents, { sessionId, epoch, attachmentId, events }, { timeoutSeconds })
    return pushEvents.lastSeq
  }

  async function putBodies(events: Batch['events'], signal: AbortSignal): Promise<void> {
    for (const event of events) {
      try {
        await upload.put(referencesIn(event.body), signal)
      } catch (error) {
        // Content that is gone, damaged or never to be taken costs its own event, and nothing behind it (E7).
        const isForGood = error instanceof RemoteError ? finalForBody.has(error.code) : error instanceof JournalError
        if (!isForGood) throw error
        throw new RemoteError('EVENT_REFUSED', (error as Error).message, { seq: event.seq })
      }
    }
  }

  async function recover(error: unknown): Promise<void> {
    // Fenced while it waited or asked.
    if (state.is === 'ended') return
    const { code, facts, message } = error instanceof RemoteError ? error : { code: null, facts: {}, message: '' }
    if (error instanceof RemoteError && code === 'EVENT_REFUSED') {
      const seq = factNumber(error, 'seq')
      // A tombstone that is refused too would be refused for ever.
      if (seq !== null && batches.refuse(seq, message)) return
    }
    if ((code === 'BAD_INPUT' || code === 'TOO_LARGE') && untaken && batches.narrow(untaken, message)) return
    if (code === 'BODY_MISSING' && typeof facts.digest === 'string') upload.forget(facts.digest)
    const verdict = verdictOf(error, hasStarted)
    if (verdict.is === 'again') return wait(backoff.next())
    if (verdict.is !== 'away') {
      become(verdict)
      return verdict.is === 'paused' ? wait(pausedRetryMs) : undefined
    }
    if (state.is !== 'away') become(verdict)
    if (isWoken) return
    const seconds = error instanceof RemoteError ? factNumber(error, 'retryAfterSeconds') : null
    return wait(seconds === null ? backoff.next() : seconds * 1_000)
  }

  async function wait(waitMs: number): Promise<void> {
    waking = new AbortController()
    if (isWoken) return
    await pause(waitMs, AbortSignal.any([ended.signal, waking.signal])).catch(() => undefined)
  }

  const running = run()
  return {
    get state() {
      return state
    },
    get ackedSeq() {
      return ackedSeq
    },
    flushed(signal) {
      let target = hasAgreed ? log.lastSeq : null
      return new Promise((resolve, reject) => {
        const done = () => {
          if (hasAgreed) target ??= log.lastSeq
          if (
            (target === null || ackedSeq < target) &&
            state.is !== 'ended' &&
            !ended.signal.aborted &&
            !signal?.aborted
          )
            return
          waiters.delete(done)
          signal?.removeEventListener('abort', done)
          if (signal?.aborted) reject(signal.reason)
          else resolve()
        }
        waiters.add(done)
        signal?.addEventListener('abort', done, { once: true })
        done()
      })
    },
    wake: () => wake(hangsAfterMs),
    fence() {
      if (state.is === 'ended') return
      become({ is: 'ended', code: 'EPOCH_FENCED', reason: fencedReason })
      const fenced = new RemoteError('EPOCH_FENCED', fencedReason)
      anew.abort(fenced)
      underWay.giveUp(0, fenced)
      waking.abort()
    },
    restart: () => anew.abort(new RemoteError('EVENT_GAP', 'The server was put back to an earlier state.')),
    async close() {
      ended.abort()
      underWay.close(ended.signal.reason)
      watch.close()
      for (const check of waiters) check()
      await running
    },
  }
}
