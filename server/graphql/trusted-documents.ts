/**
 * Whose operations are taken (G4): what our own page and command ask is known by its form from the build; operations of one's own are for credentials that were
 * issued to scripts and to admins (docs/decisions/0016-trusted-documents.md). Knows no transport.
 */
import { createHash } from 'node:crypto'
import { type DocumentNode, Kind, parse, print, visit } from 'graphql'
import type { Principal } from '../policy/principal.ts'
import { refuse } from '../store/refused.ts'

export type TrustedDocuments = {
  /** Throws DOCUMENT_UNKNOWN. The same node is looked at once. */
  require(document: DocumentNode, principal: Principal): void
}

/** `known`: their `hashOfText`. Null takes any operation of anyone: development, and tests of other rooms. */
export function createTrustedDocuments(known: readonly string[] | null): TrustedDocuments {
  const hashes = new Set(known)
  const looked = new WeakMap<DocumentNode, boolean>()
  const isKnown = (document: DocumentNode): boolean => {
    const before = looked.get(document)
    if (before !== undefined) return before
    const found = hashes.has(hashOfDocument(document))
    looked.set(document, found)
    return found
  }
  return {
    require: (document, principal) => {
      if (known === null || mayAskAnything(principal) || isKnown(document)) return
      throw refuse('DOCUMENT_UNKNOWN', 'This server does not know this operation: its asker is of another version.', {
        rule: 'pages and hosts ask what their own build asks; operations of one’s own need a script’s credential',
        ...{ level: 'server', remedy: REMEDY },
      })
    },
  }
}

const REMEDY =
  'Load the page again; on a workstation update offdesk. For operations of your own: offdesk devices add-script.'

const mayAskAnything = (principal: Principal): boolean =>
  principal.kind === 'admin' || (principal.kind === 'device' && principal.deviceKind === 'SCRIPT')

export const hashOfText = (text: string): string => hashOfDocument(parse(text, { noLocation: true }))

/**
 * Equal for documents that ask the same: SHA-256 of the printed form without `__typename`, which caches add anywhere, and without marks of the build, its
 * fragments in the order of their names.
 */
export function hashOfDocument(document: DocumentNode): string {
  const plain = visit(document, {
    Field: (node) => (node.name.value === '__typename' ? null : undefined),
    Directive: (node) => (node.name.value === '_unmask' ? null : undefined),
  })
  const parts = plain.definitions.map((one) => ({
    isFragment: one.kind === Kind.FRAGMENT_DEFINITION,
    text: print(one),
  }))
  parts.sort((a, b) => Number(a.isFragment) - Number(b.isFragment) || (a.text < b.text ? -1 : 1))
  return createHash('sha256')
    .update(parts.map(({ text }) => text).join('\n'))
    .digest('base64url')
}
