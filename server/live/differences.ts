/** Tells what changed in a list between two looks at its revisions. Knows no row. */

export type Differences = { changed: string[]; removed: string[] }

/** Remembers the last look. The first look finds everything changed. Holds one short text per row, not the rows. */
export function createDifferences(): { look(revisions: ReadonlyMap<string, string>): Differences } {
  let seen: ReadonlyMap<string, string> = new Map()
  return {
    look(revisions) {
      const changed = [...revisions].filter(([id, revision]) => seen.get(id) !== revision).map(([id]) => id)
      const removed = [...seen.keys()].filter((id) => !revisions.has(id))
      seen = revisions
      return { changed, removed }
    },
  }
}
