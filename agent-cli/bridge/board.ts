// Holds the one current view of a session and tells those who look at it. Knows no agent, no network, no terminal.
import { folded } from './fold.ts'
import type { Happened } from './happened.ts'
import type { SessionView } from './view.ts'

export type Board = {
  readonly view: SessionView
  happened(event: Happened): void
  change(change: (view: SessionView) => SessionView): void
  /** Several changes of one moment are one call. A throwing listener hurts nobody else. */
  subscribe(listener: () => void): () => void
}

export function createBoard(first: SessionView): Board {
  let view = first
  let isTelling = false
  const listeners = new Set<() => void>()

  function become(next: SessionView): void {
    if (next === view) return
    view = next
    if (isTelling) return
    isTelling = true
    queueMicrotask(() => {
      isTelling = false
      for (const listener of [...listeners]) {
        try {
          listener()
        } catch (error) {
          // A surface that fails is that surface's affair; the session goes on.
          process.emitWarning(error instanceof Error ? error : String(error))
        }
      }
    })
  }

  return {
    get view() {
      return view
    },
    happened: (event) => become(folded(view, event)),
    change: (change) => become(change(view)),
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
