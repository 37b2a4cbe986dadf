// How the list is laid out: what waits for a person first, longest first; then by workstation and repository. Pure.
import { type HostLife, hostLife } from './host-life.ts'
import type { HostRow, SessionRow } from './session-row.ts'
import type { Waiting } from './state-words.ts'

export type Placed = { session: SessionRow; life: HostLife; waiting: Waiting | null }
export type RepositoryGroup = { name: string; rows: readonly Placed[] }
export type HostGroup = { host: HostRow; life: HostLife; repositories: readonly RepositoryGroup[] }
export type Layout = { waiting: readonly Placed[]; hosts: readonly HostGroup[] }

const rank: Record<SessionRow['state'], number> = { WORKING: 0, STOPPED: 1, IDLE: 2, ENDED: 3 }
const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** The last folder of a path, for a session that is in no repository. */
export const folderName = (cwd: string): string =>
  cwd
    .replace(/[/\\]+$/, '')
    .split(/[/\\]/)
    .at(-1) || cwd

/** Rows of one repository keep their places while they work: newest first within a state. */
const order = (a: Placed, b: Placed) =>
  rank[a.session.state] - rank[b.session.state] ||
  byText(b.session.createdAt, a.session.createdAt) ||
  byText(a.session.id, b.session.id)

/** Splits sessions by what they wait for. `waitingOf` gives a session's oldest open decision. */
export function layOut(options: {
  sessions: readonly SessionRow[]
  waitingOf: (sessionId: string) => Waiting | null
  now: number
  aheadMs: number
}): Layout {
  const { now, aheadMs } = options
  const placed = options.sessions.map(
    (session): Placed => ({
      session,
      life: hostLife(session.host, now, aheadMs),
      waiting: options.waitingOf(session.id),
    }),
  )
  const waiting = placed
    .filter((one) => one.waiting !== null)
    .sort((a, b) => byText(a.waiting?.openedAt ?? '', b.waiting?.openedAt ?? '') || byText(a.session.id, b.session.id))
  const hosts = new Map<string, Placed[]>()
  for (const one of placed.filter((row) => row.waiting === null)) {
    const rows = hosts.get(one.session.host.id)
    if (rows) rows.push(one)
    else hosts.set(one.session.host.id, [one])
  }
  const groups = [...hosts.values()].flatMap((rows): HostGroup[] => {
    const first = rows[0]
    if (!first) return []
    const repositories = new Map<string, Placed[]>()
    for (const row of rows) {
      const name = row.session.repository ?? folderName(row.session.cwd)
      const there = repositories.get(name)
      if (there) there.push(row)
      else repositories.set(name, [row])
    }
    return [
      {
        host: first.session.host,
        life: first.life,
        repositories: [...repositories]
          .map(([name, inside]) => ({ name, rows: inside.sort(order) }))
          .sort((a, b) => byText(a.name, b.name)),
      },
    ]
  })
  groups.sort((a, b) => Number(b.life.live) - Number(a.life.live) || byText(a.host.name, b.host.name))
  return { waiting, hosts: groups }
}

/** Those whose title, repository, branch or workstation holds every word of the query. */
export function matching(sessions: readonly SessionRow[], query: string): readonly SessionRow[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return sessions
  return sessions.filter((session) => {
    const text = [session.title, session.repository, session.branch, session.cwd, session.host.name]
      .join(' ')
      .toLowerCase()
    return words.every((word) => text.includes(word))
  })
}
