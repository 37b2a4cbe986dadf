/** Tells what changed in a list between two looks at its revisions. Knows no row. */

/** What a look found: a short text for each row, and what counts besides them. Never changed: whoever stands there holds it as a cursor (L5). */
export type Seen = { readonly revisions: ReadonlyMap<string, string>; readonly mark: string }

export type Differences = { changed: string[]; removed: string[] }

/** The first look, after null, finds everything changed. */
export function differences(before: Seen | null, now: Seen): Differences {
  const known = before?.revisions ?? new Map<string, string>()
  const changed = [...now.revisions].filter(([id, revision]) => known.get(id) !== revision).map(([id]) => id)
  const removed = [...known.keys()].filter((id) => !now.revisions.has(id))
  return { changed, removed }
}

export function isSame(one: Seen, other: Seen): boolean {
  if (one.mark !== other.mark || one.revisions.size !== other.revisions.size) return false
  for (const [id, revision] of one.revisions) if (other.revisions.get(id) !== revision) return false
  return true
}
