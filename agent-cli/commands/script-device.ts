/** A script's hands: its key file, one signed command, and how that ended. Knows no kind of command. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as passes } from 'node:timers/promises'
import type { TadaDocumentNode } from 'gql.tada'
import { randomText } from '../../protocol/bytes.ts'
import { proofFor, type Seen, type SteeringFields, type SteeringMutation } from '../../protocol/command-input.ts'
import type { Places } from '../journal/places.ts'
import { RemoteError } from '../remote/failure.ts'
import { ask } from '../remote/graphql-http.ts'
import { readScript, type Script } from '../remote/script-file.ts'
import { type CommandStanding, SeeCommand } from '../remote/steering-operations.ts'
import { Mistake } from './mistake.ts'
import { openPlaces } from './open-places.ts'
import { say } from './say.ts'

export type ScriptFlags = {
  /** Path of a key file, or the name of a script made on this machine. */
  readonly key: string | undefined
  /** The sender's key (C1): the same again is the same command. */
  readonly once: string | undefined
  readonly waitSeconds: number
}

export const scriptPath = (places: Places, name: string): string => join(places.data, 'scripts', `${name}.key`)

export type Hands = {
  ask<R, V>(document: TadaDocumentNode<R, V>, variables: V): Promise<R>
  /** Signs, sends, waits for the end and says it; the exit code is 1 unless it was applied. */
  give<I extends SteeringFields>(
    document: TadaDocumentNode<{ command: CommandStanding }, { input: I }>,
    said: { mutation: SteeringMutation; input: Omit<I, 'key' | 'proof'>; seen: Seen; hostId: string },
  ): Promise<void>
}

/** Throws Mistake when there is no such key file. */
export async function openHands(flags: ScriptFlags): Promise<Hands> {
  const script = await scriptOf(flags.key ?? process.env.OFFDESK_KEY)
  const asked = <R, V>(document: TadaDocumentNode<R, V>, variables: V) =>
    ask({ url: script.server }, document, variables, { token: script.token }).catch(mistaken)
  return {
    ask: asked,
    async give(document, { mutation, input, seen, hostId }) {
      const madeAtMs = Date.now()
      // A file that may be read only keeps no counter: the clock's microseconds rise by themselves.
      const counter = madeAtMs * 1000 + Math.floor(Math.random() * 1000)
      const keyed = { ...input, key: flags.once ?? randomText(16) } as typeof input & SteeringFields
      const proof = await proofFor(script, { mutation, input: keyed, seen, hostId, counter, madeAtMs })
      // Parse edge: the input is the mutation's, with key and proof added.
      const variables = { input: { ...keyed, proof } } as never
      const { command } = await asked(document, variables)
      report(await settled(asked, command, flags.waitSeconds))
    },
  }
}

async function scriptOf(named: string | undefined): Promise<Script> {
  if (named === undefined)
    throw new Mistake('Say who you are: --key <file>, or OFFDESK_KEY. “offdesk devices add-script <name>” makes one.')
  const path = existsSync(named) ? named : scriptPath(await openPlaces(), named)
  try {
    return await readScript(path)
  } catch (error) {
    if (error instanceof RangeError) throw new Mistake(error.message)
    throw new Mistake(`The key file ${path} cannot be read. “offdesk devices add-script <name>” makes one.`)
  }
}

function mistaken(error: unknown): never {
  if (!(error instanceof RemoteError)) throw error
  throw new Mistake(error.remedy === null ? error.message : `${error.message} ${error.remedy}`)
}

async function settled(asked: Hands['ask'], command: CommandStanding, waitSeconds: number): Promise<CommandStanding> {
  let now = command
  for (const deadline = Date.now() + waitSeconds * 1000; isOpen(now) && Date.now() < deadline; ) {
    await passes(250)
    now = (await asked(SeeCommand, { id: command.id })).command ?? now
  }
  return now
}

const isOpen = ({ state }: CommandStanding) => state === 'QUEUED' || state === 'DELIVERED'

function report({ id, state, refusal, winner }: CommandStanding): void {
  process.stdout.write(`${state.toLowerCase()} ${id}\n`)
  if (state === 'APPLIED') return
  process.exitCode = 1
  if (refusal) say(`${refusal.message}${refusal.rule ? ` (${refusal.rule})` : ''}`)
  if (winner) say(`Answered before ${winner.origin.deviceName ?? 'at the terminal'}: ${winner.optionName ?? ''}`)
  if (state === 'QUEUED') say('Saved. The workstation has not fetched it yet; it will when it is back.')
  if (state === 'DELIVERED') say('The workstation has it and has not said how it ended.')
}
