// Turns a session's remote side on and off, and keeps its state in the view. The session works the same without it.
import { join } from 'node:path'
import pkg from '../../package.json' with { type: 'json' }
import type { EventBody } from '../agent/translate/event-body.ts'
import { openAcked } from '../journal/acked.ts'
import { createHostLink, type HostLink } from '../remote/host-link.ts'
import type { HostCommand } from '../remote/host-operations.ts'
import { createPusher, type Pusher } from '../remote/pusher.ts'
import { readServers } from '../remote/servers.ts'
import { EndSession, type SessionStart } from '../remote/session-operations.ts'
import type { Machine } from '../rules/machine.ts'
import { wayTo } from '../rules/ways.ts'
import type { Board } from './board.ts'
import { asBridgeError, bridgePairing } from './bridge-pairing.ts'
import { BridgeError, type RemoteSwitch, type SessionOptions } from './contract.ts'
import type { Refused } from './facts.ts'
import { agree } from './foreign-tail.ts'
import { limits } from './limits.ts'
import type { Publishing } from './publishing.ts'
import { addressOf, attached, offView, remoteState } from './remote-view.ts'
import type { Ruling } from './ruling.ts'
import type { SessionJournal } from './session-journal.ts'
import { createSettlements, type Settlements } from './settlements.ts'
import type { Rung } from './view.ts'

/** Names and places are texts of somebody’s as well: a repository's address can hold a password. */
const outside = (start: SessionStart, { outside: text }: Publishing): SessionStart => ({
  ...start,
  cwd: text(start.cwd),
  name: start.name ? text(start.name) : null,
  repository: start.repository ? text(start.repository) : null,
  branch: start.branch ? text(start.branch) : null,
})

/** What is said at the terminal holds the reason, whose it is and the way out (T7). */
const refused = ({ code, message, rule, ...because }: Refused) =>
  new BridgeError(code, because.remedy ? `${message} ${because.remedy}` : message, rule, because)

export type Remote = RemoteSwitch & {
  /** The link and what hangs on it, while remote is on. */
  readonly live: Live | null
  /** Says the end to the server, if it can be reached in time, and turns off. False when it could not be told; null with remote off. */
  farewell(reason: string): Promise<boolean | null>
}

type Live = {
  readonly link: HostLink
  readonly pusher: Pusher
  readonly settlements: Settlements
  readonly end: () => Promise<void>
}

export function createRemote(given: {
  options: SessionOptions
  ceiling: Rung
  epoch: number
  board: Board
  journal: SessionJournal
  publishing: Publishing
  machine: Machine
  ruling: Ruling
  /** Read at every start of the connection. */
  start: (hostId: string) => SessionStart
  /** What is so now, for readers from whom the past is withheld (E8, B2). */
  snapshot: () => EventBody[]
  /** Gets the commands of this session from now on; returned is what ends that. */
  takeCommands: (live: { link: HostLink; settlements: Settlements }) => {
    take(command: HostCommand, isInDoubt: boolean): void
    close(): Promise<void>
  }
}): Remote {
  const { options, board, journal, publishing, epoch, ceiling, machine, ruling } = given
  let live: Live | null = null
  let turning: Promise<unknown> = Promise.resolve()

  /** On and off never overlap. */
  function inTurn<T>(act: () => Promise<T>): Promise<T> {
    const mine = turning.then(act)
    turning = mine.catch(() => undefined)
    return mine
  }

  async function linkToUse(): Promise<HostLink> {
    if (options.link) return options.link
    const known = await readServers(join(options.dataDir, 'host'))
    const url = options.server ?? known.preferred
    if (url === null) {
      throw new BridgeError(
        'NOT_FOUND',
        'No server is known to this machine. Run “offdesk login <url>” first, or “offdesk serve” to start one here.',
      )
    }
    return createHostLink({ dataDir: options.dataDir, endpoint: { url } })
  }

  async function turnOn(share: boolean): Promise<void> {
    if (live !== null) return
    await ruling.refresh()
    // What the server's policy says now is not known before it is heard: then nothing leaves, and the view says why.
    const refusal = ruling.refusal(null)
    if (refusal !== null) throw refused(refusal)
    const link = await linkToUse()
    try {
      const way = wayTo(machine, link.server, pkg.version)
      if (way !== null) throw refused({ code: 'POLICY', level: 'machine', ...way })
      await publishing.inOrder(async () => {
        // Whoever tells the rest later tells it to this server and to no other.
        await journal.meta.update({ server: link.server })
        await journal.startPublishing(epoch, share)
        // Inside the turn, so that nothing new comes before it; the writes queue behind it in order.
        if (!share) for (const body of given.snapshot()) void publishing.repeat(body)
      })
      live = await connect(link)
    } catch (error) {
      journal.stopPublishing()
      if (options.link === undefined) await link.close()
      throw error
    }
  }

  async function connect(link: HostLink): Promise<Live> {
    const call = link.callFor(journal.id)
    const acked = await openAcked(join(options.dataDir, 'sessions', journal.id, 'acked.json'))
    let wasLive = false
    let offlineTimer: NodeJS.Timeout | undefined
    const pusher: Pusher = createPusher({
      call,
      start: () => outside(given.start(link.identity.hostId), publishing),
      log: journal.published,
      bodies: journal.bodies,
      ackedSeq: acked.seq,
      mayPush: () => ruling.refusal(link.policy) === null,
      onChange: () => queueMicrotask(show),
      onWay: () => {
        link.probe()
        // On a dead line, results would wait for their time-out.
        if (pusher.state.is === 'live') settlements.wake(1_000)
      },
      onStarted: () => link.started(journal.id),
      agree: (held, ask) => agree(journal, ask, held, (body) => publishing.record(body)),
    })
    const settlements = createSettlements({
      ledger: journal.ledger,
      call,
      epoch,
      said: (until) => pusher.flushed(until),
    })
    const commands = given.takeCommands({ link, settlements })
    const detach = link.attach(journal.id, {
      epoch,
      // Told by the server at the start already, it has nobody to take commands for (E4).
      take: (command, isInDoubt) => {
        if (pusher.state.is !== 'ended') commands.take(command, isInDoubt)
      },
      fenced: () => pusher.fence(),
      behind: () => pusher.restart(),
    })
    let { incarnation } = link
    const unsubscribe = link.subscribe(() => {
      const wasPutBack = incarnation !== null && link.incarnation !== incarnation
      incarnation = link.incarnation
      if (wasPutBack) pusher.restart()
      // A rule or the network may have changed: what waits may try again.
      if (link.state.is === 'live') pusher.wake()
      show()
    })
    const devicesTimer = setInterval(show, 5_000)
    devicesTimer.unref()
    settlements.repeat()

    function show(): void {
      if (ended) return
      if (pusher.ackedSeq !== acked.seq) void acked.set(pusher.ackedSeq).catch(() => undefined)
      void link.roster.devices().then(showWith, () => showWith([]))
    }

    function showWith(devices: Parameters<typeof attached>[0]): void {
      if (ended) return
      const { state, reason } = remoteState(
        { state: link.state, refusal: ruling.refusal(link.policy) },
        pusher.state,
        wasLive,
        Date.now(),
      )
      wasLive ||= state === 'live'
      clearTimeout(offlineTimer)
      if (state === 'reconnecting') offlineTimer = setTimeout(show, limits.offlineAfterMs).unref()
      board.change((view) => {
        const since = view.remote.state === state ? view.remote.since : new Date().toISOString()
        const address = addressOf(link.publicUrl ?? link.server, journal.id)
        const pendingEvents = Math.max(0, journal.published.lastSeq - pusher.ackedSeq)
        const facts = { server: link.server, address, hostId: link.identity.hostId, devices: attached(devices) }
        const { pinsWaiting } = link
        const next = { ...view.remote, ...facts, pinsWaiting, state, since, reason, pendingEvents, ceiling }
        return JSON.stringify(next) === JSON.stringify(view.remote) ? view : { ...view, remote: next }
      })
    }

    let ended = false
    // Whoever turned it on reads the view next: it must not still say off.
    showWith(await link.roster.devices().catch(() => []))
    return {
      link,
      pusher,
      settlements,
      async end() {
        ended = true
        clearTimeout(offlineTimer)
        clearInterval(devicesTimer)
        unsubscribe()
        detach()
        await commands.close()
        await Promise.all([pusher.close(), settlements.close()])
        if (options.link === undefined) await link.close()
        board.change((view) => ({ ...view, remote: offView(ceiling, view.remote.maskedSecrets) }))
      },
    }
  }

  async function turnOff(): Promise<void> {
    const ending = live
    if (ending === null) return
    live = null
    await publishing.inOrder(async () => journal.stopPublishing())
    await ending.end()
  }

  return {
    get live() {
      return live
    },
    on: (how) => inTurn(() => turnOn(how?.share ?? false)).catch(asBridgeError),
    off: () => inTurn(turnOff),
    async openPairing(rung = 'STEER') {
      if (live === null) throw new BridgeError('PAIRING_STATE', 'Remote is off: turn it on first (/remote on).')
      const { link } = live
      const pairing = await link.openPairing(rung, journal.id).catch(asBridgeError)
      return bridgePairing(pairing, link.identity.hostId, link.server, link.publicUrl)
    },
    farewell: (reason) =>
      inTurn(async () => {
        const ending = live
        if (ending === null) return null
        const signal = AbortSignal.timeout(limits.farewellMs)
        let isTold = false
        try {
          await ending.pusher.flushed(signal)
          await ending.settlements.flushed(signal)
          const input = { sessionId: journal.id, epoch, reason }
          await ending.link.callFor(journal.id)(EndSession, { input }, { signal })
          isTold = true
        } catch {
          // Out of reach: a later process of this host tells the rest (recovery).
        }
        await turnOff()
        return isTold
      }),
  }
}
