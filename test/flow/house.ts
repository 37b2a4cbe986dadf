/** A server, a workstation that is known to it, and phones paired at it by the whole handshake: everything through the built command. */
import { randomText } from '../../protocol/bytes.ts'
import { exportPublicKey, generateKeys, type KeyPair, principalId } from '../../protocol/keys.ts'
import { matchCode } from '../../protocol/pairing.ts'
import { createScriptedAgent, type ScriptedAgent } from '../kit/agent/scripted.ts'
import { ask } from '../kit/ask.ts'
import { type Gql, steps } from '../kit/people.ts'
import { signsAs } from '../kit/signing.ts'
import { createSubscriber, type Subscriber } from '../kit/subscriber.ts'
import { atEnd, type Env, type Machine, type Running, until } from './machine.ts'

/** `link`: the first owner's, while nobody owns the server. */
export type Served = Running & { url: string; setupCode: string | null; link: string | null }

/** `offdesk serve` until it answers. */
export async function serve(at: Machine, env: Env = {}): Promise<Served> {
  const running = at.starts(['serve'], env)
  const [, url = ''] = await running.line(/^Offdesk is at (\S+)$/)
  // The code, when there is one, is said in the same breath.
  const setupCode = /^Setup code for the first host: (\S+)$/m.exec(running.said())?.[1] ?? null
  const link = /^Or own this server .*: (\S+)$/m.exec(running.said())?.[1] ?? null
  return { ...running, url, setupCode, link }
}

export async function scripted(...how: Parameters<typeof createScriptedAgent>): Promise<ScriptedAgent> {
  const agent = await createScriptedAgent(...how)
  atEnd(agent.close)
  return agent
}

export const gqlAt =
  (url: string): Gql =>
  async (token, document, variables) =>
    (await ask<never>(url, token, document, variables)).value()

export type Phone = {
  readonly id: string
  readonly token: string
  readonly keys: KeyPair
  readonly publicKey: string
  gql<T>(document: string, variables?: object): Promise<T>
  subscribe(document: string, variables?: object): Subscriber
  sends<T = CommandShape>(mutation: string, type: string, input: object): Promise<T>
  command(id: string): Promise<CommandShape>
  /** Once its state is a last one. */
  settled(id: string): Promise<CommandShape>
  session(id: string): Promise<SessionShape>
}

const COMMAND = 'id state refusal { code message rule } winner { optionId origin { surface } }'
export type CommandShape = {
  id: string
  state: string
  refusal: { code: string; message: string; rule: string | null } | null
  winner: { optionId: string | null; origin: { surface: string } } | null
}
export type SessionShape = {
  id: string
  state: string
  title: string
  stateDetail: string | null
  endReason: string | null
  host: { id: string; name: string }
  openDecisions: { id: string; epoch: number; title: string }[]
  events: { edges: { node: { __typename: string; seq: number; text?: string } }[] }
}
const SESSION = `id state title stateDetail endReason host { id name } openDecisions { id epoch title }
  events(first: 500) { edges { node { __typename seq ... on AgentText { text } } } }`

/** A device at that server, by token: through another server process it is the same device. */
export function phoneAt(url: string, who: { token: string; keys: KeyPair; publicKey: string; id: string }): Phone {
  const gql = <T>(document: string, variables?: object) => gqlAt(url)<T>(who.token, document, variables)
  const command = async (id: string) =>
    (await gql<{ command: CommandShape }>(`query($id: ID!) { command(id: $id) { ${COMMAND} } }`, { id })).command
  return {
    ...who,
    gql,
    command,
    subscribe(document, variables) {
      const one = createSubscriber(`${url.replace('http', 'ws')}/graphql`, who.token, document, variables)
      atEnd(() => one.close())
      return one
    },
    async sends(mutation, type, input) {
      const document = `mutation($input: ${type}!) { done: ${mutation}(input: $input) { ${COMMAND} } }`
      return (await gql<{ done: never }>(document, { input: { key: randomText(16), ...input } })).done
    },
    settled: (id) =>
      until(async () => {
        const found = await command(id)
        return ['QUEUED', 'DELIVERED'].includes(found.state) ? null : found
      }, `command ${id} to be settled`),
    async session(id) {
      const { session } = await gql<{ session: SessionShape | null }>(
        `query($id: ID!) { session(id: $id) { ${SESSION} } }`,
        { id },
      )
      if (session === null) throw new Error('the phone sees no such session')
      return session
    },
  }
}

/** Types the code, joins, and gives back what the phone shows. */
export async function joins(url: string, code: string, name = 'phone') {
  const step = steps(gqlAt(url))
  const keys = await generateKeys(false)
  const publicKey = await exportPublicKey(keys.publicKey)
  const { token, pairing } = await step.claim(code)
  const nonce = randomText(32)
  await step.join(token, { pairingId: pairing.id, publicKey, nonce, name })
  const shows = async (): Promise<string> => {
    const seen = await until(async () => {
      const now = await step.look(token, pairing.id)
      return now.openerNonce === null ? null : now
    }, 'the opener to reveal')
    const { openerPublicKey, openerNonce } = seen
    const purpose = 'PAIR_DEVICE'
    return matchCode({
      purpose,
      openerPublicKey,
      openerNonce: openerNonce ?? '',
      joinerPublicKey: publicKey,
      joinerNonce: nonce,
    })
  }
  const id = await principalId('dev', publicKey)
  signsAs(token, { id, keys })
  const phone = phoneAt(url, { id, token, keys, publicKey })
  return { phone, shows, state: async () => (await step.look(token, pairing.id)).state }
}

/** A phone at a session without a terminal: types the code it prints; `devices confirm` is the key press. */
export async function pairs(
  at: Machine,
  session: Running,
  url: string,
  server: readonly string[] = [],
): Promise<Phone> {
  const [, one = '', two = ''] = await session.line(/^Or type this code on it: (\w{4}) (\w{4})/)
  const { phone, shows } = await joins(url, one + two)
  const [, code = ''] = await session.line(/devices confirm (\w{6})$/)
  const shown = await shows()
  if (shown !== code) throw new Error(`the phone shows ${shown}, the workstation ${code}`)
  const { code: exit, stderr } = await at.does(['devices', ...server, 'confirm', code])
  if (exit !== 0) throw new Error(stderr)
  return phone
}

/** The id in the address a session without a terminal prints. */
export async function sessionOf(session: Running): Promise<string> {
  const [, id = ''] = await session.line(/^Session: \S+\/s\/(ses_\S+)$/)
  return id
}
