// The names behind the ids, for those whom the token reaches. An id that has no name here stays an id.
import { useCallback, useMemo } from 'react'
import { MembersDocument } from './documents.ts'
import { useAdmin } from './use-admin.ts'

export function usePeople() {
  const { data, problem, reload } = useAdmin(MembersDocument, { after: null })
  const people = useMemo(
    () =>
      (data?.organisations ?? []).flatMap((organisation) =>
        organisation.members.edges.map(({ node }) => ({ ...node, organisationId: organisation.id })),
      ),
    [data],
  )
  const nameOf = useCallback(
    (ownerId: string) => people.find((person) => person.ownerId === ownerId)?.name ?? ownerId,
    [people],
  )
  return { people, nameOf, problem, reload, loaded: data !== undefined }
}
