/** What every server under measurement can be asked to do, in the words of a scenario. Shapes, and the publishing host they share. */

import type { Caller } from '../../agent-cli/remote/credentials.ts'
import { createPusher } from '../../agent-cli/remote/pusher.ts'
import { createDeskLog, type DeskLog } from './desk-log.ts'
import type { Usage } from './gauge.ts'
import type { Pair } from './pairs.ts'

export type Stop = () => Promise<void> | void

export type Contestant = {
  readonly name: string
  /** A pair that no scenario has used. Throws when there is none left. */
  pair(): Pair
  /** How this server is asked as the pair's session. */
  caller(pair: Pair): Caller
  /** A viewer: called with the numbers of each batch as soon as it is parsed. */
  follow(pair: Pair, onEvents: (seqs: readonly number[]) => void): Promise<Stop>
  /** A host that waits for commands: resolves when it waits. `onCommand` at the arrival of each. */
  serve(pair: Pair, onCommand: () => void): Promise<Stop>
  /** A prompt of 1 KB from the pair's device; resolves with the server's word that it is stored. */
  command(pair: Pair): Promise<void>
  /** Numbers of the last events before a number, parsed whole. */
  page(pair: Pair, last: number, before: number | null): Promise<readonly number[]>
  /** Puts that many events behind the pair's session, straight into the database. */
  fill(pair: Pair, count: number): Promise<void>
  usage(collect?: boolean): Promise<Usage>
  close(): Promise<void>
}

export type Publisher = { log: DeskLog; readonly ackedSeq: number; close(): Promise<void> }

/** The product's own pusher over a log in memory, for the baselines as for the product: batches and what they cost the host are the same. */
export function publish(contestant: Contestant, pair: Pair, onAcked: (seq: number) => void = () => {}): Publisher {
  const log = createDeskLog()
  const { sessionId: id, hostId, attachmentId } = pair
  const at = { cwd: '/home/dev/shop', createdAt: new Date().toISOString(), ceiling: 'FULL' as const }
  const pusher = createPusher({
    call: contestant.caller(pair),
    start: () => ({ id, hostId, attachmentId, epoch: 1, firstSeq: 1, agent: { id: 'demo', name: 'Demo' }, ...at }),
    log,
    bodies: { read: () => Promise.reject(new Error('no event here has a body')) },
    onChange: () => {
      if (pusher.state.is === 'ended') throw new Error(`${contestant.name}: ${pusher.state.reason}`)
      onAcked(pusher.ackedSeq)
    },
  })
  return {
    log,
    get ackedSeq() {
      return pusher.ackedSeq
    },
    close: () => pusher.close(),
  }
}
