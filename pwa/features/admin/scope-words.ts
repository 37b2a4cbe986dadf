// What an admin's token may do, in words. Pure.
import type { AdminToken } from './documents.ts'

export type AdminScope = AdminToken['scopes'][number]

/** As in "May …". */
export const scopeWords: Record<AdminScope, string> = {
  READ: 'read policies and members',
  ORGANISATIONS: 'make organisations',
  MEMBERS: 'add and remove members',
  POLICY: 'change policies',
  DEVICES: 'see and revoke devices',
  AUDIT: 'read the audit',
  TOKENS: 'make tokens',
  SCIM: 'provision people and groups (SCIM)',
  SIGN_IN: 'say how people sign in (single sign-on)',
}

/** In the order in which they are offered: what changes nothing first. */
export const allScopes = Object.keys(scopeWords) as readonly AdminScope[]

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
export const scopeTitle = (scope: AdminScope): string => capital(scopeWords[scope])

/** `May read policies and members, make tokens.` */
export const mayWords = (scopes: readonly AdminScope[]): string =>
  scopes.length === allScopes.length
    ? 'May do everything.'
    : `May ${allScopes
        .filter((scope) => scopes.includes(scope))
        .map((scope) => scopeWords[scope])
        .join(', ')}.`
