// How this page stands to the server, with since when (B6). Written by the socket, read by banners and session headers.

export type Link =
  /** First contact, nothing lost yet. */
  | { kind: 'connecting'; sinceMs: number }
  | { kind: 'live'; sinceMs: number }
  /** Was live, is trying again. */
  | { kind: 'reconnecting'; sinceMs: number }
  /** The system says there is no network. */
  | { kind: 'offline'; sinceMs: number }
  | { kind: 'revoked'; sinceMs: number }

export type LinkStore = {
  current(): Link
  subscribe(onChange: () => void): () => void
  /** Moves to a state; keeps `sinceMs` while the kind stays, and from reconnecting to offline and back (one outage, one age). */
  set(kind: Link['kind']): void
}

/** `now` in milliseconds since 1970. */
export function createLinkStore(now: () => number = Date.now): LinkStore {
  let link: Link = { kind: 'connecting', sinceMs: now() }
  const listeners = new Set<() => void>()
  const lost = (kind: Link['kind']) => kind === 'reconnecting' || kind === 'offline'
  return {
    current: () => link,
    subscribe(onChange) {
      listeners.add(onChange)
      return () => listeners.delete(onChange)
    },
    set(kind) {
      if (link.kind === kind || link.kind === 'revoked') return
      const sinceMs = lost(link.kind) && lost(kind) ? link.sinceMs : now()
      link = { kind, sinceMs }
      for (const listener of listeners) listener()
    },
  }
}
