// Ends processes an agent left behind, and says which. Knows pids, not why they run.
import { type Relative, relativesOf, startedAtOf } from './process-table.ts'

export interface Ended {
  ended: Relative[]
  /** Still there after SIGKILL, or not ours to end. */
  remaining: Relative[]
}

export interface Family {
  /** Who is alive now: take it before a turn. */
  snapshot(): Promise<Relative[]>
  /** Who is alive now and was not in `before`. */
  strays(before: readonly Relative[]): Promise<Relative[]>
  /** Ends everyone not in `before`: SIGTERM, `graceMs`, SIGKILL. What they start meanwhile is ended too. */
  endStrays(before: readonly Relative[], graceMs: number): Promise<Ended>
}

export function familyOf(root: number, mark: string, killWaitMs: number): Family {
  const started = startedAtOf(root, mark)
  const snapshot = async () => relativesOf(root, await started, mark)

  async function strays(before: readonly Relative[]): Promise<Relative[]> {
    const known = new Set(before.map(identity))
    return (await snapshot()).filter((relative) => !known.has(identity(relative)))
  }

  return {
    snapshot,
    strays,
    async endStrays(before, graceMs) {
      const seen = new Map<string, Relative>()
      let alive = await signalled('SIGTERM', graceMs)
      if (alive.length > 0) alive = await signalled('SIGKILL', killWaitMs)
      const left = new Set(alive.map(identity))
      return { ended: [...seen.values()].filter((relative) => !left.has(identity(relative))), remaining: alive }

      /** Signals each stray once, newcomers included, until none is left or the time is over; returns who is left. */
      async function signalled(signal: NodeJS.Signals, waitMs: number): Promise<Relative[]> {
        const told = new Set<string>()
        const deadline = performance.now() + waitMs
        for (;;) {
          const left = await strays(before)
          for (const relative of left) {
            seen.set(identity(relative), relative)
            if (told.has(identity(relative))) continue
            told.add(identity(relative))
            try {
              process.kill(relative.pid, signal)
            } catch {
              // Gone since it was listed, or not ours: the next listing tells which.
            }
          }
          if (left.length === 0 || performance.now() >= deadline) return left
          await new Promise((resolve) => setTimeout(resolve, 20))
        }
      }
    },
  }
}

function identity(relative: Relative): string {
  return `${relative.pid}/${relative.startedAt}`
}
