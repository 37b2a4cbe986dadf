/**
 * Answers whose operation has not begun: what each holds, how it ends, and one timer that lets all of them be heard, so that neither the peer nor a proxy takes
 * a long wait for a dead way. Knows no operation.
 */
import type { ServerResponse } from 'node:http'
import type { Identity } from '../auth/trust.ts'
import type { Answer, Prepared } from '../graphql/compiled/operation.ts'
import type { Parts } from '../graphql/context.ts'
import type { Parked } from '../graphql/parking.ts'
import { SECURITY_HEADERS } from './pages.ts'

/** What is left to do of a request. */
export type Ready = { prepared: Prepared; identity: Identity; address: string }
export type To = { response: ServerResponse; type: string }

export type Lot = {
  /** True when it waits before its operation. It holds what it waits with until then, and neither the request's bytes nor its words. */
  park(ready: Ready, to: To): boolean
  /** The server stops: all are told, and none waits any more. */
  end(): void
}

/** White space is legal before JSON: a peer is heard that often, below the half minute after which the least patient proxies cut. */
const HEARD_SECONDS = 25

/** A thousand of them are kept for a quarter of an hour: no function of its own for any of it. */
class Held {
  readonly ready: Ready
  readonly to: To
  parked: Parked | null = null
  unwatch: () => void = () => {}
  end: (held: Held, why: unknown) => void = () => {}
  heardAt: number

  constructor(ready: Ready, to: To, second: number) {
    this.ready = ready
    this.to = to
    this.heardAt = second
  }

  /** As `trust.watch` calls it. */
  onEnd(why: unknown): void {
    this.end(this, why)
  }
}

export function createLot(options: {
  parts: Parts
  /** It may have something to say, or its time is over. */
  go: (ready: Ready, to: To, parked: Parked | null) => void
  say: (given: Answer, to: To) => void
}): Lot {
  const { parts, go, say } = options
  /** Whoever was heard longest ago stands first. */
  const waiting = new Map<ServerResponse, Held>()
  let second = 0
  let timer: NodeJS.Timeout | null = null

  function tick(): void {
    second += 1
    for (const [response, held] of waiting) {
      if (second - held.heardAt < HEARD_SECONDS) return
      held.heardAt = second
      waiting.delete(response)
      waiting.set(response, held)
      speak(held.to)
    }
  }

  function release(held: Held): void {
    waiting.delete(held.to.response)
    held.to.response.off('close', onClose)
    held.unwatch()
    if (waiting.size > 0 || !timer) return
    clearInterval(timer)
    timer = null
  }

  function onClose(this: ServerResponse): void {
    const held = waiting.get(this)
    if (!held) return
    release(held)
    held.parked?.leave()
  }

  function end(held: Held, why: unknown): void {
    release(held)
    held.parked?.leave()
    say(held.ready.prepared.failed(why), held.to)
  }

  return {
    park(ready, to) {
      if (!ready.prepared.park) return false
      const held = new Held(ready, to, second)
      held.parked = ready.prepared.park(parts, ready.identity.principal, () => {
        release(held)
        go(ready, to, held.parked)
      })
      if (!held.parked) return false
      held.unwatch = parts.trust.watch(ready.identity, held)
      held.end = end
      waiting.set(to.response, held)
      to.response.on('close', onClose)
      timer ??= setInterval(tick, 1000).unref()
      return true
    },
    end() {
      for (const held of [...waiting.values()]) end(held, new DOMException('The server is stopping.', 'AbortError'))
    },
  }
}

/** The head of an answer that is going to wait: it has to pass as it is written, and in one piece with nothing. */
function speak({ response, type }: To): void {
  // Behind another answer on its connection, and what is written would only be kept; or nobody takes what was written.
  if (response.socket === null || response.destroyed || response.writableNeedDrain) return
  const isFirst = !response.headersSent
  if (isFirst) {
    const own = { 'content-type': type, 'cache-control': 'no-store, no-transform', 'x-accel-buffering': 'no' }
    response.writeHead(200, { ...SECURITY_HEADERS, ...own })
  }
  response.write(' ')
  if (isFirst) forgetHead(response)
}

/** What has left is kept by Node for as long as the answer is open, in a hundred pieces of two kilobytes; it is only asked whether there is one. */
function forgetHead(response: ServerResponse & { _header?: unknown }): void {
  if (typeof response._header === 'string') response._header = 'sent'
}
