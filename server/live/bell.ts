/** Wakes whoever waits on a topic, in this process and in the others on the same database. Carries no data (L1). */
import type { Signals } from '../db/database.ts'
import type { Topic } from '../store/topic.ts'

/** One waiting reader. Mark, read, then wait: a ring between the mark and the wait is not lost (L3). For one reader at a time. */
export type Watch = {
  /** Forgets the rings so far. Call it before reading. */
  mark(): void
  /** True when rung since the mark; false after `milliseconds`, or once the signal aborts or the watch closes. */
  rung(milliseconds: number, signal?: AbortSignal): Promise<boolean>
  close(): void
}

export type Bell = {
  /** Call it after the commit (L2). Local waiters wake at once, other processes within some milliseconds. */
  ring(...topics: Topic[]): void
  /** The same for what this process holds besides (store/recent-events.ts): who listens here need not ask the store about it. */
  ringHeld(topic: Topic): void
  watch(...topics: Topic[]): Watch
  /** Calls back at every ring, until the returned function is called. For those of whom many wait. */
  listen(topic: Topic, onRing: (isHeld: boolean) => void): () => void
  /** Wakes every waiter, so that each goes back to the store: for when rings may have been lost. */
  ringAll(): void
  close(): Promise<void>
}

type Watcher = { isRung: boolean; wake: ((isHeld: boolean) => void) | null }

/** PostgreSQL refuses a payload of 8,000 bytes or more. */
const MAX_PAYLOAD_BYTES = 7_900
/** A NOTIFY of its own per commit would serialise the commits of the whole cluster. */
const COALESCE_MILLISECONDS = 5

/** `onTrouble` hears of a ring that could not be passed on; waiters of other processes then come by their safety poll. */
export async function createBell(
  signals: Signals | null,
  onTrouble: (error: unknown) => void = () => {},
): Promise<Bell> {
  // Most topics have one watcher: lists that are never changed are smaller than sets, and may be gone through while somebody comes or goes.
  const watchers = new Map<Topic, readonly Watcher[]>()
  const self = crypto.randomUUID()
  const waiting = new Set<Topic>()
  let timer: NodeJS.Timeout | null = null
  let sending = Promise.resolve()

  const wake = (all: readonly Watcher[], isHeld: boolean) => {
    for (const watcher of all) {
      watcher.isRung = true
      watcher.wake?.(isHeld)
    }
  }
  const ringHere = (topic: Topic, isHeld = false) => wake(watchers.get(topic) ?? [], isHeld)
  const ringAll = () => {
    for (const all of watchers.values()) wake(all, false)
  }
  const add = (topic: Topic, watcher: Watcher) => {
    const others = watchers.get(topic)
    watchers.set(topic, others ? [...others, watcher] : [watcher])
  }
  const remove = (topic: Topic, watcher: Watcher) => {
    const left = watchers.get(topic)?.filter((one) => one !== watcher) ?? []
    if (left.length > 0) watchers.set(topic, left)
    else watchers.delete(topic)
  }
  const passOn = (topics: Topic[]) => {
    if (!signals) return
    for (const topic of topics) waiting.add(topic)
    timer ??= setTimeout(flush, COALESCE_MILLISECONDS)
  }

  const flush = () => {
    timer = null
    const payloads = payloadsOf(self, [...waiting])
    waiting.clear()
    sending = sending.then(async () => {
      for (const payload of payloads) await signals?.send(payload).catch(onTrouble)
    })
  }

  const listening = await signals?.listen(
    (payload) => {
      const [sender, ...topics] = payload.split(' ')
      if (sender !== self) for (const topic of topics) ringHere(topic as Topic)
    },
    ringAll, // what was rung while nobody listened is unknown
  )

  return {
    ring(...topics) {
      for (const topic of topics) ringHere(topic)
      passOn(topics)
    },
    ringHeld(topic) {
      ringHere(topic, true)
      passOn([topic])
    },
    watch(...topics) {
      const watcher: Watcher = { isRung: false, wake: null }
      for (const topic of topics) add(topic, watcher)
      let closed = false
      return {
        mark: () => {
          watcher.isRung = false
        },
        rung: (milliseconds, signal) => (closed ? Promise.resolve(false) : waitFor(watcher, milliseconds, signal)),
        close: () => {
          closed = true
          for (const topic of topics) remove(topic, watcher)
          watcher.wake?.(false)
        },
      }
    },
    listen(topic, onRing) {
      const watcher: Watcher = { isRung: false, wake: onRing }
      add(topic, watcher)
      return () => {
        watcher.wake = null
        remove(topic, watcher)
      }
    },
    ringAll,
    async close() {
      if (timer) {
        clearTimeout(timer)
        flush()
      }
      await sending
      await listening?.close()
      ringAll()
    },
  }
}

function waitFor(watcher: Watcher, milliseconds: number, signal?: AbortSignal): Promise<boolean> {
  if (watcher.isRung || signal?.aborted) return Promise.resolve(watcher.isRung)
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      watcher.wake = null
      resolve(watcher.isRung)
    }
    const timer = setTimeout(done, milliseconds)
    signal?.addEventListener('abort', done, { once: true })
    watcher.wake = done
  })
}

function payloadsOf(sender: string, topics: Topic[]): string[] {
  const payloads: string[] = []
  let payload = sender
  for (const topic of topics) {
    if (payload.length + 1 + Buffer.byteLength(topic) > MAX_PAYLOAD_BYTES) {
      payloads.push(payload)
      payload = sender
    }
    payload += ` ${topic}`
  }
  if (payload !== sender) payloads.push(payload)
  return payloads
}
