// A policy as it stands and what an admin would change of it: changes alone are kept here, so that they stay when somebody else was first.
import { useState } from 'react'
import type { Problem } from '../../graphql/problem.ts'
import { ApplyPolicyDocument, PolicyDocumentDocument, type PolicyDocumentInput, type Version } from './documents.ts'
import { tidied } from './setting-editor.tsx'
import { askAsAdmin, useAdmin } from './use-admin.ts'

export type PolicyDraft = {
  standing: Version | undefined
  problem: Problem | null
  /** Standing with the changes laid over it. */
  document: PolicyDocumentInput | null
  /** Names of the settings that would change. */
  changed: readonly string[]
  change(change: Partial<PolicyDocumentInput>): void
  discard(): void
  /** Resolves with null when it is in force. Changes stay when it is not. */
  apply(note: string): Promise<Problem | null>
  reload(): void
}

const same = (one: unknown, other: unknown) => JSON.stringify(one ?? null) === JSON.stringify(other ?? null)

export function usePolicyDraft(scopeId: string): PolicyDraft {
  const { data, problem, reload } = useAdmin(PolicyDocumentDocument, { scopeId })
  const [changes, setChanges] = useState<Partial<PolicyDocumentInput>>({})
  const standing = data?.policyDocument
  const document = standing ? tidied({ ...standing.document, ...changes }) : null
  const changed = Object.entries(changes).flatMap(([name, value]) => {
    const stood: unknown = standing?.document[name as keyof Version['document']]
    return same(value, stood) ? [] : [name]
  })
  return {
    ...{ standing, problem, changed, reload },
    // What is being written keeps its empty lines; what is sent does not.
    document: standing ? { ...standing.document, ...changes } : null,
    change: (change) => setChanges((last) => ({ ...last, ...change })),
    discard: () => setChanges({}),
    async apply(note) {
      if (!standing || !document) return null
      const variables = { scopeId, version: standing.version, document, note: note.trim() || null }
      const answer = await askAsAdmin(ApplyPolicyDocument, variables)
      reload()
      if ('problem' in answer) return answer.problem
      setChanges({})
      return null
    },
  }
}
