// This process's connection to one server on behalf of this host, shared by all its sessions: credential, poll, heartbeat, roster upkeep.
// Says how the link is; runs no command but those about devices.
import { join } from 'node:path'
import type { RemoteControl, Word } from '../rules/rules.ts'
import { watchClock } from './clock-watch.ts'
import { type Caller, createCaller } from './credentials.ts'
import type { RemoteError } from './failure.ts'
import type { Endpoint } from './graphql-http.ts'
import { createHeartbeat } from './heartbeat.ts'
import {
  AskViewer,
  type CommandOf,
  type CommandSettlement,
  type HostCommand,
  SettleCommand,
} from './host-operations.ts'
import { type Identity, openIdentity } from './identity.ts'
import { openPairing } from './open-pairing.ts'
import { type Pairing, watchPairing } from './pairing.ts'
import { createPinWatch } from './pin-watch.ts'
import { pinVouched, readPinning } from './pinning.ts'
import { openPolicies, ownPolicy } from './policies.ts'
import { createPoller, type PolicyFacts } from './poller.ts'
import { openRevocations } from './revocations.ts'
import { openRoster, type Roster, type Rung } from './roster.ts'
import { type Acknowledgement, type CommandTaker, createTakers } from './takers.ts'

/** `since` is when it became so. lost: no answer; refused: the server says no and will go on saying it. */
export type LinkState = {
  readonly is: 'connecting' | 'live' | 'lost' | 'refused'
  readonly since: Date
  readonly reason: string | null
}

export type HostLink = {
  readonly server: string
  readonly identity: Identity
  readonly roster: Roster
  readonly call: Caller
  readonly state: LinkState
  /** What policy allows on this server, as last heard; null before that. */
  readonly remoteControl: string | null
  /** All that policy says there, as last heard, also before; null when it was never heard. */
  readonly policy: Word | null
  /** The server's address as phones reach it, or null. */
  readonly publicUrl: string | null
  /** Which database the server speaks from, as last heard: another one after it was put back (C2). */
  readonly incarnation: string | null
  /** Names of devices whose passkey waits for a key press at this machine. */
  readonly pinsWaiting: readonly string[]
  callFor(sessionId: string): Caller
  /** Commands of that session come to `taker`, unsettled ones again, until the returned function is called. */
  attach(sessionId: string, taker: CommandTaker): () => void
  /** The server has heard of this attachment, again and again: commands that it kept back for it come now. */
  started(sessionId: string): void
  subscribe(listener: () => void): () => void
  /** Someone has lost the server or reached it again: what waits here tries at once. */
  probe(): void
  openPairing(rung: Rung, sessionId: string | null): Promise<Pairing>
  close(): Promise<void>
}

export async function createHostLink(options: {
  dataDir: string
  endpoint: Endpoint
  heartbeatMs?: number
}): Promise<HostLink> {
  const { endpoint } = options
  const hostDir = join(options.dataDir, 'host')
  const identity = await openIdentity(hostDir)
  const roster = openRoster(hostDir)
  const call = createCaller({ endpoint, identity, sessionId: null })
  const revocations = openRevocations({ hostDir, server: endpoint.url, call })
  const policies = await openPolicies({ hostDir, server: endpoint.url, call })
  const takers = createTakers({ rereads: () => poller.rewind() })
  const pairings = new Map<string, Pairing>()
  const listeners = new Set<() => void>()
  let state: LinkState = { is: 'connecting', since: new Date(), reason: null }
  // The last word holds until there is another.
  let remoteControl: string | null = policies.word?.says.remoteControl ?? null
  let publicUrl: string | null = null
  let incarnation: string | null = null
  /** Since the way was last lost. */
  let hasLearnt = false

  function become(is: LinkState['is'], reason: string | null): void {
    if (state.is === is && state.reason === reason) return
    state = { is, since: state.is === is ? state.since : new Date(), reason }
    tell()
  }

  function tell(): void {
    for (const listener of listeners) listener()
  }

  const news = {
    onReached() {
      if (!hasLearnt) void learnServer()
      become('live', null)
    },
    onFacts(facts: PolicyFacts & { revokedDeviceIds: readonly string[] }) {
      // A revoked device is trusted no more; a server that lies here can only take away (T5).
      void forgetRevoked(facts.revokedDeviceIds).catch(() => undefined)
      void revocations.heard(facts.revokedDeviceIds)
      void learnPolicy(facts).catch(() => undefined)
      if (facts.remoteControl === remoteControl) return
      remoteControl = facts.remoteControl
      tell()
    },
    onLost(error: RemoteError, isFinal: boolean) {
      hasLearnt = false
      policies.doubt()
      become(isFinal ? 'refused' : 'lost', error.message)
    },
  }

  /** Two answers may be on their way at once: what the later one says is asked for last. */
  async function learnPolicy({ version }: PolicyFacts): Promise<void> {
    const before = policies.word
    await policies.heard(version)
    if (policies.word !== before) tell()
  }

  async function forgetRevoked(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return
    const revoked = new Set(ids)
    // Most answers name devices that went long ago: only one that is here costs a write.
    for (const { id } of await roster.devices()) if (revoked.has(id)) await roster.remove(id)
  }

  /** Tried again with the next answer when it fails. */
  async function learnServer(): Promise<void> {
    hasLearnt = true
    const found = await call(AskViewer, {}).catch(() => null)
    if (found === null) {
      hasLearnt = false
      return
    }
    publicUrl = found.viewer.server.publicUrl
    incarnation = found.viewer.server.incarnation
    tell()
  }

  function takes(command: HostCommand): boolean {
    if (command.__typename === 'JoinPairing') return pairings.has(command.pairingId)
    if (command.__typename === 'EndorseDevice' || command.__typename === 'ForgetDevice') return true
    if (command.__typename === 'ForgetPasskey') return true
    // Without a passkey's word it waits for a key press: “offdesk devices pin” takes it.
    if (command.__typename === 'PinPasskey' && command.assertion === null) pins.heard()
    if (command.__typename === 'PinPasskey') return command.assertion !== null
    return command.sessionId !== null && takers.has(command.sessionId)
  }

  function onCommand(command: HostCommand, said: Acknowledgement): void {
    if (command.sessionId !== null && takers.has(command.sessionId)) takers.give(command, said)
    if (said.state !== 'DELIVERED') return
    if (command.__typename === 'EndorseDevice') return void endorse(command)
    if (command.__typename === 'ForgetDevice') return void forget(command)
    if (command.__typename === 'ForgetPasskey') return void unpin(command)
    if (command.__typename === 'PinPasskey') return void pin(command)
    // The watcher of the pairing has seen the joiner by itself, or will.
    if (command.__typename === 'JoinPairing') return void settle({ commandId: command.id, state: 'APPLIED' })
  }

  async function endorse(command: CommandOf<'EndorseDevice'>): Promise<void> {
    const device = { id: command.newDeviceId, name: command.name, publicKey: command.publicKey, rung: command.newRung }
    const word = { hostId: identity.hostId, endorserId: command.endorserId, signature: command.signature, device }
    const problem = await roster.endorse(word)
    const refusal = problem === null ? null : { code: 'POLICY', message: problem, rule: 'T5' }
    await settle({ commandId: command.id, state: problem === null ? 'APPLIED' : 'REFUSED', refusal })
  }

  async function forget(command: CommandOf<'ForgetDevice'>): Promise<void> {
    await roster.remove(command.forgottenDeviceId)
    await settle({ commandId: command.id, state: 'APPLIED' })
  }

  async function pin(command: CommandOf<'PinPasskey'>): Promise<void> {
    const asked = await readPinning(command, identity.hostId, roster)
    const refusal = 'refused' in asked ? asked.refused : await pinVouched(asked, roster)
    await settle({ commandId: command.id, state: refusal === null ? 'APPLIED' : 'REFUSED', refusal })
  }

  async function unpin(command: CommandOf<'ForgetPasskey'>): Promise<void> {
    await roster.unpin(command.ofDeviceId, command.passkeyId)
    await settle({ commandId: command.id, state: 'APPLIED' })
  }

  /** These effects may be repeated without harm, so they need no ledger: unsettled, they simply come again. */
  async function settle(input: CommandSettlement): Promise<void> {
    await call(SettleCommand, { input }).catch(() => undefined)
  }

  const pins = createPinWatch({ call, identity, roster, tell: () => tell() })
  const { hostId } = identity
  const poller = createPoller({ call, hostId, takes, onCommand, news, epochsOf: takers.epochsOf, learnt: learnPolicy })
  const beatNews = {
    ...news,
    onLost(error: RemoteError, isFinal: boolean) {
      // A poll that hangs on a dead line would hang on to the end of its time.
      if (state.is === 'live') poller.probe()
      news.onLost(error, isFinal)
    },
  }
  const heartbeat = createHeartbeat({
    call,
    hostId,
    news: beatNews,
    ...(options.heartbeatMs ? { everyMs: options.heartbeatMs } : {}),
  })

  const watch = watchClock(() => {
    poller.probe()
    heartbeat.beat()
  })

  return {
    server: endpoint.url,
    identity,
    roster,
    call,
    get state() {
      return state
    },
    get remoteControl() {
      return remoteControl
    },
    get policy() {
      const { word } = policies
      if (remoteControl === null || word?.says.remoteControl === remoteControl) return word
      // The level has come with an answer, what else holds is being asked for.
      const says = { ...word?.says, remoteControl: remoteControl as RemoteControl }
      return { source: word?.source ?? ownPolicy, ...word, says }
    },
    get publicUrl() {
      return publicUrl
    },
    get incarnation() {
      return incarnation
    },
    get pinsWaiting() {
      return pins.waiting
    },
    callFor: (sessionId) => createCaller({ endpoint, identity, sessionId }),
    attach: takers.add,
    started: takers.started,
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    probe: () => poller.probe(),
    async openPairing(rung, sessionId) {
      const file = await openPairing({ call, identity, hostDir, server: endpoint.url, rung, sessionId })
      const pairing = watchPairing({ file, hostDir, identity, roster, call })
      pairings.set(file.id, pairing)
      return pairing
    },
    async close() {
      watch.close()
      pins.close()
      policies.close()
      await Promise.all([poller.close(), heartbeat.close(), ...[...pairings.values()].map((each) => each.close())])
      listeners.clear()
    },
  }
}
