/**
 * Subscriptions that a feed answers (L7): they are taken before graphql-ws sees them and written to the socket as they come, so that one who waits costs a
 * cursor and not a pipeline. In the words of its protocol. Knows no credential.
 */
import { type GraphQLError, locatedError } from 'graphql'
import { type AskedFeed, askFeed } from '../graphql/asked-feed.ts'
import type { Documents } from '../graphql/compiled/documents.ts'
import { createContext, type Parts } from '../graphql/context.ts'
import type { Feeds } from '../graphql/feeds.ts'
import type { TrustedDocuments } from '../graphql/trusted-documents.ts'
import { assertAffordable } from '../http/limits.ts'
import { CLOSE, close, endOperation, MAX_OPERATIONS, type Peer } from './peer.ts'

/** More than this on its way to a peer, and the next page waits until it has been taken (L5). */
const HIGH_WATER_BYTES = 256 * 1024

export type FedOptions = {
  parts: Parts
  documents: Documents
  trusted: TrustedDocuments
  feeds: Feeds
  /** What people see of an error. */
  mask: (error: unknown) => GraphQLError
}

/** True when the text was taken here. */
export type Take = (peer: Peer, text: string) => boolean

export function createTake(options: FedOptions): Take {
  return (peer, text) => {
    if (!peer.held) return false
    // Whose it is does not matter: an operation of graphql-ws is ended by it as well, and it knows nothing of ours.
    if (peer.operations && text.includes('"complete"')) endOperation(peer, completed(text) ?? '')
    if (!text.includes('"type":"subscribe"')) return false
    const message = read(text)
    const asked = message && askedOf(options, peer, message.payload)
    if (!message || !asked) return false
    if (peer.operations?.has(message.id)) {
      close(peer.socket, CLOSE.taken, `Subscriber for ${message.id} already exists`)
      return true
    }
    if ((peer.operations?.size ?? 0) >= MAX_OPERATIONS) return false
    void begin(options, peer, message.id, asked)
    return true
  }
}

type Subscribe = { id: string; payload: { query: string; operationName: string | null; variables: object } }

function read(text: string): Subscribe | null {
  try {
    const { id, payload } = JSON.parse(text) as { id?: unknown; payload?: Record<string, unknown> }
    if (typeof id !== 'string' || id === '' || typeof payload?.query !== 'string') return null
    const { query, operationName = null, variables } = payload
    if (operationName !== null && typeof operationName !== 'string') return null
    return { id, payload: { query, operationName, variables: typeof variables === 'object' ? (variables ?? {}) : {} } }
  } catch {
    return null
  }
}

/** The id of an operation that its client has ended. */
function completed(text: string): string | null {
  try {
    const { type, id } = JSON.parse(text) as { type?: unknown; id?: unknown }
    return type === 'complete' && typeof id === 'string' ? id : null
  } catch {
    return null
  }
}

/** Null leaves it to the executor, which also says what is wrong with it. */
function askedOf(
  { documents, trusted, feeds }: FedOptions,
  { held }: Peer,
  payload: Subscribe['payload'],
): AskedFeed | null {
  const { query, operationName, variables } = payload
  const found = documents.find(query, operationName)
  if (!held || !found?.subscription) return null
  const { document, subscription } = found
  if (!feeds.has(subscription.name) || !subscription.isOpenTo(held.identity.principal)) return null
  const given = variables as Record<string, unknown>
  try {
    assertAffordable(document, operationName, given)
    trusted.require(document, held.identity.principal)
  } catch {
    return null
  }
  return askFeed({ document, operationName, subscription, given })
}

async function begin({ parts, feeds, mask }: FedOptions, peer: Peer, id: string, asked: AskedFeed): Promise<void> {
  const { socket, held, address } = peer
  if (!held) return
  const name = JSON.stringify(id)
  peer.operations ??= new Map()
  const operations = peer.operations
  // Its end, under its id for as long as it is this operation's: a client may end one and take the id for another while this still begins.
  let end = () => {}
  const isMine = () => operations.get(id) === end
  operations.set(id, end)
  let hasBegun = false
  const send = (text: string, taken?: () => void): void => {
    if (socket.readyState === socket.OPEN) socket.send(text, taken)
    else taken?.()
  }
  const fail = (error: unknown) => {
    if (!isMine()) return
    endOperation(peer, id)
    const shown = mask(locatedError(error, undefined, [asked.subscription.key]))
    send(
      `{"id":${name},"type":"next","payload":${JSON.stringify({ errors: [shown], ...(hasBegun && { data: null }) })}}`,
    )
    send(`{"id":${name},"type":"complete"}`)
  }
  try {
    // Who it is was settled at the connection and is watched since; what they may see is looked at anew.
    const context = createContext(parts, { identity: held.identity, address, signal: null })
    const leave = await feeds.follow(context, asked, {
      deliver: (text) => {
        if (!isMine()) return
        const frame = `{"id":${name},"type":"next","payload":${text}}`
        if (socket.bufferedAmount < HIGH_WATER_BYTES) return send(frame)
        return new Promise((resolve) => send(frame, resolve))
      },
      fail,
    })
    hasBegun = true
    if (!isMine()) return leave()
    end = leave
    operations.set(id, end)
  } catch (error) {
    fail(error)
  }
}
