/** `offdesk sessions`: this machine's sessions as the server has them. */
import { graphql } from '../remote/graphql.ts'
import { age } from '../terminal/words.ts'
import { openDesk } from './server-desk.ts'
import { table } from './table.ts'

const ListSessions = graphql(`
  query ListSessions($first: Int!) {
    sessions(first: $first) { edges { node { id title state stateSince agent { name } openDecisions { id } } } }
  }
`)

const SHOWN = 100

export async function sessions(flags: { readonly server: string | undefined; readonly json: boolean }): Promise<void> {
  const { call, server } = await openDesk(flags.server)
  const found = await call(ListSessions, { first: SHOWN })
  const nodes = found.sessions.edges.map((edge) => edge.node)
  if (flags.json) return void process.stdout.write(`${JSON.stringify(nodes, null, 2)}\n`)
  if (nodes.length === 0)
    return void process.stdout.write('No sessions yet. “offdesk run <agent> --remote” starts one.\n')
  const rows = nodes.map((one) => [
    one.openDecisions.length > 0 ? 'waiting for you' : one.state.toLowerCase(),
    age(one.stateSince, Date.now()),
    one.title,
    one.agent.name,
    `${server}/s/${one.id}`,
  ])
  process.stdout.write(`${table([['STATE', 'FOR', 'TITLE', 'AGENT', 'ADDRESS'], ...rows])}\n`)
}
