// What a session's row is made of, and the documents that keep the list in step.
import { graphql, type ResultOf } from '../../graphql/graphql.ts'

export const RowFields = graphql(`
  fragment SessionRow on Session @_unmask {
    id title name state stateDetail stateSince createdAt updatedAt archivedAt endedAt endReason cwd branch repository
    agent { id name }
    mode { id name canonical description }
    allowed { rung rule code message }
    host { id name lastSeenAt liveUntil }
  }
`)

export type SessionRow = ResultOf<typeof RowFields>
export type HostRow = SessionRow['host']

export const SessionsChangedDocument = graphql(
  `
  subscription SessionsChanged {
    sessionsChanged { isSnapshot now removedIds policy { remoteControl } sessions { ...SessionRow } }
  }
`,
  [RowFields],
)

export const ArchivedSessionsDocument = graphql(
  `
  query ArchivedSessions($after: String) {
    sessions(archived: true, first: 50, after: $after) {
      edges { node { ...SessionRow } }
      pageInfo { hasNextPage endCursor }
    }
  }
`,
  [RowFields],
)

export const HostsAliveDocument = graphql(`
  query HostsAlive {
    viewer { id server { now } }
    hosts(first: 100) { edges { node { id name lastSeenAt liveUntil } } }
  }
`)

export const RenameSessionDocument = graphql(
  `mutation RenameSession($id: ID!, $name: String) { renameSession(id: $id, name: $name) { ...SessionRow } }`,
  [RowFields],
)
export const ArchiveSessionDocument = graphql(
  `
  mutation ArchiveSession($id: ID!, $archived: Boolean!) {
    archiveSession(id: $id, archived: $archived) { ...SessionRow }
  }
`,
  [RowFields],
)
export const DeleteSessionDocument = graphql(`mutation DeleteSession($id: ID!) { deleteSession(id: $id) }`)
