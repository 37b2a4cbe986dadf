// Making an enterprise with its organisations and their first policy, one step after another: what exists already is not made again.
import { graphql } from '../../graphql/graphql.ts'
import type { Problem } from '../../graphql/problem.ts'
import { ApplyPolicyDocument, type PolicyDocumentInput } from './documents.ts'
import { askAsAdmin } from './use-admin.ts'

const CreateEnterpriseDocument = graphql(`
  mutation AdminCreateEnterprise($name: String!) { createEnterprise(name: $name) { id name } }
`)
const CreateOrganisationDocument = graphql(`
  mutation AdminCreateOrganisation($name: String!, $enterpriseId: ID) {
    createOrganisation(name: $name, enterpriseId: $enterpriseId) { id name }
  }
`)

/** UNCONFIGURED says nothing, which is off: then no policy is applied. */
export type FirstLevel = 'UNCONFIGURED' | 'VIEW' | 'VIEW_AND_CONTROL'
export type Wish = {
  /** Null: organisations without one, or under the one that is there already. */
  enterprise: string | null
  enterpriseId: string | null
  organisations: readonly string[]
  level: FirstLevel
}
/** What has been made so far. Hand it back to go on after a problem. */
export type Made = {
  enterpriseId: string | null
  organisations: readonly { id: string; name: string; isGoverned: boolean }[]
}
export const nothingMade = (wish: Wish): Made => ({ enterpriseId: wish.enterpriseId, organisations: [] })

/** One name a line; the same name twice is meant once. */
export const namesIn = (text: string): readonly string[] => [
  ...new Set(
    text
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean),
  ),
]

/** Stops at the first problem; `made` tells how far it came. */
export async function found(wish: Wish, before: Made): Promise<{ made: Made; problem: Problem | null }> {
  let made = before
  if (wish.enterprise !== null && made.enterpriseId === null) {
    const answer = await askAsAdmin(CreateEnterpriseDocument, { name: wish.enterprise })
    if ('problem' in answer) return { made, problem: answer.problem }
    made = { ...made, enterpriseId: answer.data.createEnterprise.id }
  }
  for (const name of wish.organisations) {
    let organisation = made.organisations.find((one) => one.name === name)
    if (organisation === undefined) {
      const answer = await askAsAdmin(CreateOrganisationDocument, { name, enterpriseId: made.enterpriseId })
      if ('problem' in answer) return { made, problem: answer.problem }
      organisation = { id: answer.data.createOrganisation.id, name, isGoverned: false }
      made = { ...made, organisations: [...made.organisations, organisation] }
    }
    if (wish.level === 'UNCONFIGURED' || organisation.isGoverned) continue
    const document: PolicyDocumentInput = { remoteControl: wish.level }
    const asked = { scopeId: organisation.id, version: 0, document, note: 'The first policy' }
    const answer = await askAsAdmin(ApplyPolicyDocument, asked)
    if ('problem' in answer) return { made, problem: answer.problem }
    const governed = { ...organisation, isGoverned: true }
    made = { ...made, organisations: made.organisations.map((one) => (one.id === governed.id ? governed : one)) }
  }
  return { made, problem: null }
}
