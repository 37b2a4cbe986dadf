// Why this device may not steer a session: asked of the server, which knows whose rule it is and what would lift it (F3).
import type { Connection } from '../../graphql/connection.ts'
import { graphql, type ResultOf } from '../../graphql/graphql.ts'

const WhyNotDocument = graphql(`
  query WhyNot($sessionId: ID!) {
    whyNot(rung: STEER, sessionId: $sessionId) { code message rule level owner remedy }
  }
`)

/** Null when it may after all, or when nobody answers: then what was known stands. */
export async function whyNot(
  { urql }: Connection,
  sessionId: string,
): Promise<ResultOf<typeof WhyNotDocument>['whyNot']> {
  const { data } = await urql.query(WhyNotDocument, { sessionId }, { requestPolicy: 'network-only' }).toPromise()
  return data?.whyNot ?? null
}
