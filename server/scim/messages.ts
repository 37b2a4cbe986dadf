/** SCIM's own forms: errors, lists, what a provider sends (RFC 7643, 7644). Pure; knows no table. */
import { z } from 'zod'
import { isWellFormed } from '../store/well-formed.ts'

export const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
export const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group'
/** Ours: links a person who is here already, by `ownerId`. */
export const OURS = 'urn:offdesk:params:scim:schemas:extension:2.0:User'
const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error'
const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'

export type ScimType =
  | 'uniqueness'
  | 'invalidFilter'
  | 'invalidPath'
  | 'invalidValue'
  | 'invalidSyntax'
  | 'mutability'
  | 'tooMany'
  | 'noTarget'

export class ScimError extends Error {
  readonly status: number
  readonly scimType: ScimType | undefined
  constructor(status: number, detail: string, scimType?: ScimType) {
    super(detail)
    this.status = status
    this.scimType = scimType
  }
}

export const errorBody = ({ status, message, scimType }: Pick<ScimError, 'status' | 'message' | 'scimType'>) => ({
  ...{ schemas: [ERROR], status: String(status), detail: message },
  ...(scimType && { scimType }),
})

export const PAGE = 100
export const MOST_IN_PAGE = 500

/** `startIndex` counts from 1; what is no number is as if it were not said (RFC 7644 §3.4.2.4). */
export function pageOf(query: URLSearchParams): { offset: number; limit: number; startIndex: number } {
  const number = (name: string, otherwise: number) => {
    const value = Number.parseInt(query.get(name) ?? '', 10)
    return Number.isSafeInteger(value) ? value : otherwise
  }
  const startIndex = Math.min(Math.max(number('startIndex', 1), 1), 1_000_000_000)
  const limit = Math.min(Math.max(number('count', PAGE), 0), MOST_IN_PAGE)
  return { startIndex, limit, offset: startIndex - 1 }
}

export const listBody = (Resources: readonly object[], totalResults: number, startIndex: number) => ({
  ...{ schemas: [LIST], totalResults, startIndex, itemsPerPage: Resources.length, Resources },
})

/** What no database of ours can hold as JSON is refused here, where the provider is told which attribute it is in. */
const text = (most: number) => z.string().max(most).refine(isWellFormed, 'a NUL, or half a surrogate pair')
/** Some providers send truth values as words. */
const truth = z.preprocess(
  (value) => (typeof value === 'string' ? ({ true: true, false: false }[value.toLowerCase()] ?? value) : value),
  z.boolean(),
)

export const userInput = z.object({
  userName: text(320).trim().min(1),
  externalId: text(400).nullish(),
  active: truth.default(true),
  displayName: text(200).nullish(),
  name: z
    .object({ formatted: text(200).nullish(), givenName: text(100).nullish(), familyName: text(100).nullish() })
    .nullish(),
  emails: z
    .array(z.object({ value: text(320), type: text(60).nullish(), primary: truth.nullish() }))
    .max(20)
    .nullish(),
  [OURS]: z.object({ ownerId: text(100) }).nullish(),
})
export type UserInput = z.output<typeof userInput>

export const groupInput = z.object({
  displayName: text(120).trim().min(1),
  externalId: text(400).nullish(),
  members: z
    .array(z.object({ value: text(100) }))
    .max(5000)
    .nullish(),
})

export const patchInput = z.object({
  Operations: z
    .array(
      z.object({
        op: z.preprocess(
          (op) => (typeof op === 'string' ? op.toLowerCase() : op),
          z.enum(['add', 'replace', 'remove']),
        ),
        path: text(2400).nullish(),
        value: z.unknown().optional(),
      }),
    )
    .min(1)
    .max(100),
})
export type Operation = z.output<typeof patchInput>['Operations'][number]

/** Throws invalidValue, naming what is wrong. */
export function read<T>(shape: z.ZodType<T>, value: unknown): T {
  const parsed = shape.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new ScimError(
    400,
    `${issue?.path.map(String).join('.') || 'The body'}: ${issue?.message ?? 'wrong'}`,
    'invalidValue',
  )
}
