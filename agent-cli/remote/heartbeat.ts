// Says every 20 seconds that this host lives, and brings back what the server wants it to know at once (policy, revocations).
import type { Caller } from './credentials.ts'
import { RemoteError } from './failure.ts'
import { Heartbeat } from './host-operations.ts'
import { pause } from './pause.ts'
import { isFinalForHost, type LinkNews } from './poller.ts'

export type Beating = {
  /** Beats at once: this machine was asleep, or the way is open again. */
  beat(): void
  close(): Promise<void>
}

export function createHeartbeat(options: { call: Caller; hostId: string; news: LinkNews; everyMs?: number }): Beating {
  const { call, hostId, news, everyMs = 20_000 } = options
  const ended = new AbortController()

  let resting = new AbortController()

  async function run(): Promise<void> {
    while (!ended.signal.aborted) {
      try {
        const { heartbeat } = await call(Heartbeat, { hostId }, { signal: ended.signal, timeoutSeconds: 8 })
        news.onReached()
        news.onFacts({ ...heartbeat.policy, revokedDeviceIds: heartbeat.revokedDeviceIds })
      } catch (error) {
        if (ended.signal.aborted) return
        if (error instanceof RemoteError) news.onLost(error, isFinalForHost(error.code))
      }
      resting = new AbortController()
      await pause(everyMs, AbortSignal.any([ended.signal, resting.signal])).catch(() => undefined)
    }
  }

  const running = run()
  return {
    beat: () => resting.abort(),
    async close() {
      ended.abort()
      await running
    },
  }
}
