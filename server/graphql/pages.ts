/** Windows on lists: Relay's four arguments, checked, and the connection they make. Knows no list. */
import type { PageInfoShape } from '@pothos/plugin-relay'
import { limits, maxPageSize } from '../store/limits.ts'
import { refuse } from '../store/refused.ts'

export type PageArgs = {
  first?: number | null | undefined
  last?: number | null | undefined
  after?: string | null | undefined
  before?: string | null | undefined
}

export type Page<C> = { after: C | null; before: C | null; limit: number; backward: boolean }
export type Window<T> = { edges: { cursor: string; node: T }[]; pageInfo: PageInfoShape }

/** `first` from the start, `last` from the end, `pageSize` of neither. Throws BAD_INPUT. */
export function parsePage<C>(args: PageArgs, parseCursor: (text: string) => C | null): Page<C> {
  const { first, last } = args
  if (typeof first === 'number' && typeof last === 'number') throw refuse('BAD_INPUT', 'Give first or last, not both.')
  const wanted = first ?? last ?? limits.pageSize
  if (wanted < 0 || wanted > maxPageSize)
    throw refuse('BAD_INPUT', `A page has 0 to ${maxPageSize} items.`, { numbers: { limit: maxPageSize } })
  const cursor = (text: string | null | undefined): C | null => {
    if (text === null || text === undefined) return null
    const parsed = parseCursor(text)
    if (parsed === null) throw refuse('BAD_INPUT', 'The cursor is not one that this list gave out.')
    return parsed
  }
  return { after: cursor(args.after), before: cursor(args.before), limit: wanted, backward: typeof last === 'number' }
}

/** One more than asked, so that it is known whether there are more. */
export const oneMore = <C>(page: Page<C>): Page<C> => ({ ...page, limit: page.limit + 1 })

/** `read` is given a page with one more. */
export async function readWindow<T, C>(
  page: Page<C>,
  read: (page: Page<C>) => Promise<T[]>,
  cursorOf: (row: T) => string,
): Promise<Window<T>> {
  const rows = await read(oneMore(page))
  const hasMore = rows.length > page.limit
  const shown = hasMore ? (page.backward ? rows.slice(1) : rows.slice(0, page.limit)) : rows
  const edges = shown.map((node) => ({ cursor: cursorOf(node), node }))
  return {
    edges,
    pageInfo: {
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
      hasPreviousPage: page.backward ? hasMore : page.after !== null,
      hasNextPage: page.backward ? page.before !== null : hasMore,
    },
  }
}

/** Several columns as one cursor: opaque to clients, parsed back strictly. */
export const packCursor = (...parts: string[]): string => Buffer.from(parts.join(' ')).toString('base64url')

export function unpackCursor(text: string, count: number): string[] | null {
  const parts = Buffer.from(text, 'base64url').toString('utf8').split(' ')
  return parts.length === count ? parts : null
}

/** Sequence and command numbers are cursors in decimal. */
export function parseNumber(text: string): number | null {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  return number <= 2_147_483_647 ? number : null
}

export function parseInstant(text: string): Date | null {
  const at = new Date(text)
  return /^\d{4}-/.test(text) && !Number.isNaN(at.getTime()) ? at : null
}
