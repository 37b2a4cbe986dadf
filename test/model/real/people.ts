// Devices of the real driver: paired by the whole handshake, asking under keys of their own, watching events and commands over real sockets.
import type { BridgeSession } from '../../../agent-cli/bridge/session.ts'
import { randomText } from '../../../protocol/bytes.ts'
import { exportPublicKey, generateKeys, principalId } from '../../../protocol/keys.ts'
import { matchCode } from '../../../protocol/pairing.ts'
import { ask, Refusal } from '../../kit/ask.ts'
import { steps } from '../../kit/people.ts'
import type { TestServer } from '../../kit/server.ts'
import { signed, signsAs } from '../../kit/signing.ts'
import type { Subscriber } from '../../kit/subscriber.ts'
import type { Net } from './wire.ts'

export type Person = { id: string; token: string }

export async function pairWith(server: TestServer, at: BridgeSession, name: string): Promise<Person> {
  const opened = await at.remote.openPairing('FULL')
  const step = steps(server.gql)
  const keys = await generateKeys(false)
  const publicKey = await exportPublicKey(keys.publicKey)
  const { token, pairing } = await step.claim(opened.code)
  const nonce = randomText(32)
  await step.join(token, { pairingId: pairing.id, publicKey, nonce, name })
  const shown = await soon(() => opened.view().matchCode)
  const { openerNonce } = await step.look(token, pairing.id)
  const seen = {
    purpose: 'PAIR_DEVICE' as const,
    ...{ openerPublicKey: pairing.openerPublicKey, openerNonce: openerNonce ?? '' },
    ...{ joinerPublicKey: publicKey, joinerNonce: nonce },
  }
  if (shown !== (await matchCode(seen))) throw new Error('the match codes differ')
  await opened.confirm()
  const id = await principalId('dev', publicKey)
  signsAs(token, { id, keys })
  return { id, token }
}

/** What `look` finds, or an error at the deadline. */
export async function soon<T>(look: () => T | Promise<T>, withinMs = 10_000): Promise<NonNullable<T>> {
  for (const deadline = Date.now() + withinMs; ; ) {
    const found = await look()
    if (found) return found as NonNullable<T>
    if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms: ${look}`)
    await new Promise((resolve) => setTimeout(resolve, 15))
  }
}

/** One thing a device asked for. `made` is the command's id once heard, `refused` the code of the refusal. */
export type Ask = {
  key: string
  /** `wrong`: an answer to something else than what is asked. */
  about: 'prompt' | 'answer' | 'wrong' | 'other'
  text: string
  mutation: string
  type: string
  input: object
  made: string | null
  refused: string | null
}

/** Sends it, or sends it again; false when no answer came. Throws when the same key made another command. */
export async function sends(net: Net, url: string, token: string, asked: Ask): Promise<boolean> {
  const document = `mutation($input: ${asked.type}!) { done: ${asked.mutation}(input: $input) { id } }`
  let id: string
  try {
    const answer = await asks<{ done: { id: string } }>(net, url, token, document, { input: asked.input })
    id = answer.done.id
  } catch (error) {
    if (!(error instanceof Refusal)) return false
    // INTERNAL is a fault of the moment; the rest is the server's word.
    if (error.code === 'INTERNAL') return false
    asked.refused = error.code
    return true
  }
  if (asked.made !== null && asked.made !== id) throw new Error(`${asked.key} made ${asked.made}, and then ${id}`)
  asked.made = id
  return true
}

async function asks<T>(net: Net, url: string, token: string, query: string, variables: object): Promise<T> {
  return send(
    net,
    url,
    token,
    query,
    await signed(token, query, variables, (...about) => send(net, url, token, ...about)),
  )
}

async function send<T>(net: Net, url: string, token: string, query: string, variables: object): Promise<T> {
  const response = await net.fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  })
  const { data, errors = [] } = (await response.json()) as {
    data?: T
    errors?: ConstructorParameters<typeof Refusal>[0][]
  }
  const [first] = errors
  if (first) throw new Refusal(first)
  if (!data) throw new Error('an answer without data')
  return data
}

/** True when the server still lets this token in. */
export async function isLetIn(url: string, token: string): Promise<boolean> {
  const { errors } = await ask(url, token, '{ viewer { id } }')
  return errors.length === 0
}

export type Watcher = {
  /** In the order of their coming; `at` is when. */
  readonly log: { seq: number; digest: string; at: number }[]
  /** The last state heard of each command. */
  readonly states: Map<string, string>
  /** The page is gone; what it has stays. */
  cut(): void
  /** Comes back with its own cursor (L6). */
  resume(server: TestServer): void
  readonly isOn: boolean
  /** The server ended it. */
  readonly isEnded: boolean
}

/** `onState` hears of every state of a command, with the one that this device has heard before. */
export function createWatcher(
  token: string,
  sessionId: string,
  onState: (id: string, from: string | undefined, to: string) => void,
): Watcher {
  const log: Watcher['log'] = []
  const states = new Map<string, string>()
  let open: Subscriber[] = []
  let life = 0
  let ended = 0
  return {
    log,
    states,
    cut() {
      for (const one of open) one.close()
      open = []
      life += 1
    },
    resume(server) {
      if (open.length > 0) return
      ended = 0
      life += 1
      const mine = life
      const after = log.at(-1)?.seq ?? 0
      const events = server.subscribe(
        token,
        'subscription($id: ID!, $after: Int!) { eventsAppended(sessionId: $id, after: $after) { events { seq digest } } }',
        { id: sessionId, after },
      )
      const commands = server.subscribe(
        token,
        'subscription($id: ID!) { commandsChanged(sessionId: $id) { commands { id state } } }',
        { id: sessionId },
      )
      open = [events, commands]
      type Events = { eventsAppended: { events: { seq: number; digest: string }[] } }
      type Commands = { commandsChanged: { commands: { id: string; state: string }[] } }
      void follow<Events>(events, ({ eventsAppended }) => {
        if (mine === life) for (const one of eventsAppended.events) log.push({ ...one, at: Date.now() })
      })
      void follow<Commands>(commands, ({ commandsChanged }) => {
        if (mine !== life) return
        for (const { id, state } of commandsChanged.commands) {
          onState(id, states.get(id), state)
          states.set(id, state)
        }
      })
    },
    get isOn() {
      return open.length > 0
    },
    get isEnded() {
      return open.length > 0 && ended > 0
    },
  }

  async function follow<T>(subscriber: Subscriber, take: (data: T) => void): Promise<void> {
    const mine = life
    try {
      for (;;) {
        const { data, errors } = await subscriber.next<T>(() => true, 60_000)
        if (errors?.length) break
        if (data) take(data)
      }
    } catch {
      // Its end is what is asked about.
    }
    if (mine === life) ended += 1
  }
}
