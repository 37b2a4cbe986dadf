/**
 * What a query of one session asks of its events, so that both are read in one statement. A page that was read so is given to whoever asks for
 * just that; whatever is not seen here is read where it is asked. Knows no database.
 */
import { type FieldNode, type GraphQLResolveInfo, getArgumentValues, isObjectType, Kind } from 'graphql'
import type { EventRow } from '../store/events.ts'
import type { SessionRow } from '../store/sessions.ts'
import { type Page, type PageArgs, parseNumber, parsePage } from './pages.ts'

type EventPage = Page<number>

/** The page that is asked under `session`; null for none, for more than one, and for one that is to be refused. */
export function askedEvents(info: GraphQLResolveInfo): EventPage | null {
  const node = onlyEvents(info.fieldNodes)
  const type = info.schema.getType('Session')
  const field = isObjectType(type) ? type.getFields().events : undefined
  if (!node || !field) return null
  try {
    return parsePage<number>(getArgumentValues(field, node, info.variableValues) as PageArgs, parseNumber)
  } catch {
    return null
  }
}

function onlyEvents(asked: readonly FieldNode[]): FieldNode | null {
  const below = asked.flatMap(({ selectionSet }) => selectionSet?.selections ?? [])
  const [found, ...others] = below.filter((one) => one.kind === Kind.FIELD && one.name.value === 'events')
  if (found?.kind !== Kind.FIELD || others.length > 0 || (found.directives?.length ?? 0) > 0) return null
  return found
}

// By the row that stands for the session in this very answer: nobody else holds it.
const read = new WeakMap<SessionRow, { page: EventPage; rows: EventRow[] }>()

/** `rows` are what `page` says, and one more where there are more. */
export function keepAhead(session: SessionRow, page: EventPage, rows: EventRow[]): void {
  read.set(session, { page, rows })
}

export function takeAhead(session: SessionRow, page: EventPage): EventRow[] | null {
  const held = read.get(session)
  const isSame =
    held && (['after', 'before', 'limit', 'backward'] as const).every((key) => held.page[key] === page[key])
  return isSame ? held.rows : null
}
