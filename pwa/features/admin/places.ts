// The enterprises and organisations that the token reaches, and the server itself, by name; and what the token may do there.
import { AdminPlacesDocument, ThisAdminTokenDocument } from './documents.ts'
import type { AdminScope } from './scope-words.ts'
import { useAdmin } from './use-admin.ts'

export const SERVER = 'This server'

/** A token that may not read reaches no names: it still knows what it may do. */
export function usePlaces() {
  const own = useAdmin(ThisAdminTokenDocument, {})
  const token = own.data?.thisAdminToken
  const may = (scope: AdminScope) => token?.scopes.includes(scope) ?? false
  const { data, problem, reload } = useAdmin(AdminPlacesDocument, may('READ') ? {} : null)
  const enterprises = data?.enterprises ?? []
  const organisations = data?.organisations ?? []
  return {
    ...{ token, may, enterprises, organisations, reload },
    problem: problem ?? own.problem,
    loaded: data !== undefined,
    /** Null is the server; an id that is not reached stays an id. */
    nameOf: (id: string | null): string =>
      id === null ? SERVER : ([...enterprises, ...organisations].find((one) => one.id === id)?.name ?? id),
  }
}
