// What is asked about the webhooks that an audit is streamed to, and how far each is, in words (F5).
import { graphql, type ResultOf } from '../../graphql/graphql.ts'

const WebhookFields = graphql(`
  fragment WebhookFields on AuditWebhook @_unmask { id url createdAt sentNumber failures lastError }
`)
/** With the newest entry of the chain: how far behind each is. */
export const WebhooksDocument = graphql(
  `
  query AdminWebhooks($scopeId: ID) {
    auditWebhooks(scopeId: $scopeId) { ...WebhookFields }
    auditEntries(scopeId: $scopeId, first: 1) { edges { node { number at } } }
  }
`,
  [WebhookFields],
)
export const AddWebhookDocument = graphql(
  `
  mutation AdminAddWebhook($scopeId: ID, $url: String!) {
    addAuditWebhook(scopeId: $scopeId, url: $url) { secret webhook { ...WebhookFields } }
  }
`,
  [WebhookFields],
)
export const RemoveWebhookDocument = graphql(`
  mutation AdminRemoveWebhook($id: ID!) { removeAuditWebhook(id: $id) }
`)

export type Webhook = ResultOf<typeof WebhookFields>

/** `last` is the number of the chain's newest entry. */
export function deliveryWords(
  { sentNumber, failures, lastError }: Webhook,
  last: number,
): { bad: boolean; text: string } {
  const behind = Math.max(0, last - sentNumber)
  const left = behind === 0 ? 'Has everything' : behind === 1 ? '1 entry to go' : `${behind} entries to go`
  if (failures === 0) return { bad: false, text: `${left}, up to entry ${sentNumber}.` }
  const tries = failures === 1 ? 'The last try failed' : `The last ${failures} tries failed`
  return {
    bad: true,
    text: `${tries}${lastError ? `: ${lastError.replace(/\.$/, '')}` : ''}. ${left}; it is tried again.`,
  }
}
