// Which devices wait for a key press at this machine, for whoever shows it to its person. Looks only while one waits, and pins nothing.
import type { Caller } from './credentials.ts'
import type { Identity } from './identity.ts'
import { pause } from './pause.ts'
import type { Roster } from './roster.ts'
import { waitingPins } from './waiting-pins.ts'

/** Another process may settle one: it is looked at again after this long, milliseconds. */
const LOOK_MS = 5_000

export type PinWatch = {
  /** Names of the devices, oldest first. */
  readonly waiting: readonly string[]
  /** A wish has come that this process does not take. */
  heard(): void
  close(): void
}

/** `tell` is called when `waiting` has changed. */
export function createPinWatch(at: { call: Caller; identity: Identity; roster: Roster; tell: () => void }): PinWatch {
  const ended = new AbortController()
  let waiting: readonly string[] = []
  let isLooking = false
  async function look(): Promise<void> {
    if (isLooking) return
    isLooking = true
    try {
      do {
        const found = await waitingPins(at).catch(() => null)
        const names = found?.map(({ asked }) => asked.device.name) ?? waiting
        const hasChanged = names.join('\n') !== waiting.join('\n')
        waiting = names
        if (hasChanged) at.tell()
        if (waiting.length > 0) await pause(LOOK_MS, ended.signal)
      } while (waiting.length > 0)
    } catch (error) {
      if (!ended.signal.aborted) throw error
    } finally {
      isLooking = false
    }
  }
  return {
    get waiting() {
      return waiting
    },
    heard: () => void look(),
    close: () => ended.abort(),
  }
}
