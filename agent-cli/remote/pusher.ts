// Carries one session's journal to the server, in order, from where the server stands, for as long as remote is on (E2, E5).
// Survives every outage by itself; what ends it is said in its state. Knows no agent and no surface.
import type { Bodies } from '../journal/bodies.ts'
import { JournalError } from '../journal/failure.ts'
import type { EventLog } from '../journal/log.ts'
import { createBodyUpload, referencesIn } from './body-upload.ts'
import type { Caller } from './credentials.ts'
import { factNumber, isPassing, RemoteError } from './failure.ts'
import { createBackoff, pause } from './pause.ts'
import { PushEvents, type SessionStart, StartSession } from './session-operations.ts'
import { batchOf, type Wrapping, wrapped } from './wrapping.ts'

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
  /** Something has changed (policy, network): try at once. */
  wake(): void
  close(): Promise<void>
}

/** Codes after which this attachment can never push again. */
const final = new Set([
  'EPOCH_FENCED',
  'ATTACHMENT_TAKEN',
  'SESSION_DELETED',
  'SESSION_ENDED',
  'EVENT_CONFLICT',
  'REVOKED',
  'NOT_FOUND',
  'BAD_INPUT',
])
const pausedRetryMs = 30_000

export function createPusher(options: {
  call: Caller
  /** Read at every start: facts like the name may have changed. */
  start: () => SessionStart
  log: Pick<EventLog, 'read' | 'waitFor' | 'lastSeq'>
  bodies: Pick<Bodies, 'read'>
  /** Called after every change of state or of `ackedSeq`. */
  onChange: () => void
  /** False while policy is OFF: then nothing leaves, whatever the server would take. `wake` when it may have changed. */
  mayPush?: () => boolean
  ackedSeq?: number
  random?: () => number
}): Pusher {
  const { call, log } = options
  const ended = new AbortController()
  const backoff = createBackoff(options.random ? { random: options.random } : {})
  const upload = createBodyUpload({ call, sessionId: options.start().id, bodies: options.bodies })
  const refused = new Map<number, string>()
  const unread = new Set<number>()
  /** The batch on its way, and up to which number batches are kept small because one was not taken. */
  let pushing: ReturnType<typeof batchOf> = []
  let careful = { untilSeq: 0, maxEvents: 1 }
  let state: PusherState = { is: 'connecting' }
  let ackedSeq = options.ackedSeq ?? 0
  let waking = new AbortController()
  const waiters = new Set<() => void>()

  function become(next: PusherState): void {
    state = next
    changed()
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
    checkPolicy()
    const { startSession } = await call(StartSession, { input: options.start() }, { signal })
    const { limits } = startSession
    const how: Wrapping = {
      knownKinds: new Set(startSession.knownEventKinds),
      maxEventBytes: limits.maxEventBytes,
      refused,
      unread,
    }
    if (startSession.lastSeq > log.lastSeq) {
      const reason =
        'The server holds newer events of this session than this machine: its journal was lost or put back. Start a new session.'
      throw new RemoteError('EVENT_CONFLICT', reason)
    }
    ackedSeq = startSession.lastSeq
    backoff.reset()
    become({ is: 'live' })
    for (;;) {
      await log.waitFor(ackedSeq, signal)
      checkPolicy()
      const read = await log.read(ackedSeq, limits.maxBatchEvents, limits.maxBatchBytes)
      const events = batchOf(
        read.map((event) => wrapped(event, how)),
        ackedSeq < careful.untilSeq ? careful.maxEvents : limits.maxBatchEvents,
        limits.maxBatchBytes,
      )
      pushing = events
      await putBodies(events, signal)
      ackedSeq = await pushBatch(events, signal)
      pushing = []
      backoff.reset()
      changed()
    }
  }

  function checkPolicy(): void {
    if (options.mayPush?.() === false) {
      throw new RemoteError(
        'POLICY',
        'Remote control is turned off by policy. What happens is kept here until it is turned on again.',
      )
    }
  }

  async function pushBatch(events: ReturnType<typeof batchOf>, signal: AbortSignal): Promise<number> {
    const { id: sessionId, epoch, attachmentId } = options.start()
    const { pushEvents } = await call(
      PushEvents,
      { sessionId, epoch, attachmentId, events },
      { signal, timeoutSeconds: 60 },
    )
    return pushEvents.lastSeq
  }

  async function putBodies(events: ReturnType<typeof batchOf>, signal: AbortSignal): Promise<void> {
    for (const event of events) {
      try {
        await upload.put(referencesIn(event.body), signal)
      } catch (error) {
        if (!(error instanceof JournalError)) throw error
        throw new RemoteError('EVENT_REFUSED', error.message, { seq: event.seq })
      }
    }
  }

  async function recover(error: unknown): Promise<void> {
    if (!(error instanceof RemoteError)) {
      const reason = error instanceof Error ? error.message : String(error)
      return become({ is: 'ended', code: 'JOURNAL', reason: `The journal cannot be read: ${reason}` })
    }
    if (error.code === 'EVENT_REFUSED') {
      const seq = factNumber(error, 'seq')
      // A tombstone that is refused too would be refused for ever.
      if (seq !== null && !refused.has(seq)) return void refused.set(seq, error.message.slice(0, 1_000))
    }
    if ((error.code === 'BAD_INPUT' || error.code === 'TOO_LARGE') && isNarrowed(error.message)) return
    if (error.code === 'EVENT_GAP') return wait(backoff.next())
    if (error.code === 'BODY_MISSING') {
      if (typeof error.facts.digest === 'string') upload.forget(error.facts.digest)
      return wait(backoff.next())
    }
    if (final.has(error.code) || error.code === 'EVENT_REFUSED') {
      return become({ is: 'ended', code: error.code, reason: error.message })
    }
    if (isPassing(error) || error.code === 'UNAUTHENTICATED') {
      if (state.is !== 'away') become({ is: 'away', reason: error.message })
      const seconds = factNumber(error, 'retryAfterSeconds')
      return wait(seconds === null ? backoff.next() : seconds * 1_000)
    }
    become({ is: 'paused', code: error.code, reason: error.message })
    await wait(pausedRetryMs)
  }

  /**
   * What the server cannot take as a batch names no number: half of it is tried, until one event is left, which then goes as `other`, and
   * as a tombstone if not even so (E7, peer 14). False when there is nothing left to try.
   */
  function isNarrowed(why: string): boolean {
    const [first, ...rest] = pushing
    const last = rest.at(-1)
    if (first === undefined || refused.has(first.seq)) return false
    if (last !== undefined) careful = { untilSeq: last.seq, maxEvents: Math.ceil(pushing.length / 2) }
    else if (unread.has(first.seq)) refused.set(first.seq, why.slice(0, 1_000))
    else unread.add(first.seq)
    pushing = []
    return true
  }

  async function wait(waitMs: number): Promise<void> {
    waking = new AbortController()
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
      const target = log.lastSeq
      return new Promise((resolve, reject) => {
        const done = () => {
          if (ackedSeq < target && state.is !== 'ended' && !ended.signal.aborted && !signal?.aborted) return
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
    wake: () => waking.abort(),
    async close() {
      ended.abort()
      for (const check of waiters) check()
      await running
    },
  }
}
