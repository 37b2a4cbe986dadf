/** Reads what a stopped world has left: journals from their files, the database from its tables, the rest from those who wrote it down. */
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { type EventLog, openLog } from '../../agent-cli/journal/log.ts'
import { sessionPaths } from '../../agent-cli/journal/session-folder.ts'
import { createDatabase, type Database } from '../../server/db/database.ts'
import { command, decision, event } from '../../server/db/schema.ts'
import type { CommandEvidence, DecisionEvidence, EventLine, Evidence, SessionEvidence } from './evidence.ts'
import { isSettled, type Tap } from './phone.ts'
import type { Scene } from './scene.ts'
import type { World } from './world.ts'

type Row = Record<string, unknown>
type Told = {
  lines: EventLine[]
  texts: number[]
  decisions: Map<string, Told1>
  /** By the prompt's text. */
  fates: Map<string, string>
  /** Texts of prompts by their ids. */
  prompts: Map<string, string>
}
type Told1 = NonNullable<DecisionEvidence['journal']>

/** `restored`: a copy without some commands was put back. The world's servers and hosts must have ended; its database may run. */
export async function collect(world: World, restored: number): Promise<Evidence> {
  const url = world.postgres?.url
  const dataDir = join(world.servers[0]?.dataDir ?? '', 'server', 'db')
  const database = await createDatabase(url ? { url } : { dataDir })
  try {
    const evidence: Evidence = { sessions: [], commands: [], decisions: [], complaints: [...world.complaints] }
    for (const scene of world.scenes) await collectScene(evidence, world, scene, database, restored)
    return evidence
  } finally {
    await database.close()
  }
}

async function collectScene(
  evidence: Evidence,
  world: World,
  scene: Scene,
  database: Database,
  restored: number,
): Promise<void> {
  const { sessionId, side } = scene
  const told = await toldBy(scene)
  const stored = await database.read((tx) =>
    tx
      .select({ seq: event.seq, digest: event.digest })
      .from(event)
      .where(eq(event.sessionId, sessionId))
      .orderBy(event.seq),
  )
  const session: SessionEvidence = {
    id: sessionId,
    journal: told.lines,
    stored: stored.map(({ seq, digest }): EventLine => [seq, hex(digest).slice(0, 12)]),
    viewers: world.viewers
      .filter((viewer) => viewer.sessionId === sessionId)
      .map(({ name, seen }) => ({ name, seen: [...seen] })),
    said: [...side.said],
    told: told.texts,
  }
  evidence.sessions.push(session)

  const commands = await database.read((tx) => tx.select().from(command).where(eq(command.sessionId, sessionId)))
  const rowOf = new Map(commands.map((row) => [row.key, row]))
  const taps = world.phones.flatMap((phone) => phone.taps.filter((tap) => tap.sessionId === sessionId))
  for (const tap of taps)
    evidence.commands.push(commandOf(tap, rowOf.get(tap.key)?.state ?? null, scene, told, restored))

  const decisions = await database.read((tx) => tx.select().from(decision).where(eq(decision.sessionId, sessionId)))
  for (const ask of side.asks) {
    const journal = told.decisions.get(ask.marker) ?? null
    const row = decisions.find((one) => one.id === journal?.id)
    const tried = scene.terminal.find((one) => one.decisionId === journal?.id)
    evidence.decisions.push({
      ...{ marker: ask.marker, sessionId, agentGot: ask.got, journal, ...(ask.excuse && { excuse: ask.excuse }) },
      stored: row
        ? { state: row.state, outcome: row.outcome, optionId: row.optionId, winnerCommandId: row.winnerCommandId }
        : null,
      answers: taps.filter((tap) => tap.input.decisionId === journal?.id).map((tap) => tap.key),
      terminal: tried ? { optionId: tried.optionId, winner: tried.winner } : null,
    })
  }
}

function commandOf(tap: Tap, stored: string | null, scene: Scene, told: Told, restored: number): CommandEvidence {
  const { key, device, sessionId, kind, refusedWith, shown, input } = tap
  const isPrompt = kind === 'sendPrompt'
  return {
    ...{ key, device, sessionId, kind, refusedWith, stored, shown },
    isForgotten: stored === null && restored > 0 && isSettled(shown),
    effects: isPrompt ? (scene.side.prompts.get(input.text ?? '') ?? 0) : null,
    fate: isPrompt ? (told.fates.get(input.text ?? '') ?? null) : null,
    ...{ decisionId: input.decisionId ?? null, optionId: input.optionId ?? null },
  }
}

/** Opened as a copy, so that what is judged is what the process has left, and stays. */
async function toldBy(scene: Scene): Promise<Told> {
  const paths = sessionPaths(scene.dataDir, scene.sessionId)
  const copy = `${paths.folder}.judged`
  rmSync(copy, { recursive: true, force: true })
  cpSync(paths.folder, copy, { recursive: true })
  const log = await openLog(join(copy, 'events.log'))
  try {
    return await readLog(log)
  } finally {
    await log.close()
  }
}

async function readLog(log: EventLog): Promise<Told> {
  const told: Told = { lines: [], texts: [], decisions: new Map(), fates: new Map(), prompts: new Map() }
  const byId = new Map<string, Told1>()
  for (let after = 0; after < log.lastSeq; ) {
    const events = await log.read(after)
    for (const { seq, digest, body } of events) {
      told.lines.push([seq, digest.slice(0, 12)])
      note(told, byId, (body ?? {}) as Row)
    }
    after = events.at(-1)?.seq ?? log.lastSeq
  }
  return told
}

function note(told: Told, byId: Map<string, Told1>, body: Row): void {
  const { toolCallChanged, decisionOpened, decisionSettled, promptChanged, turnEnded } = body as Record<
    string,
    Row | undefined
  >
  const text = /^text#(\d+)#$/.exec(String(toolCallChanged?.title ?? ''))?.[1]
  if (text !== undefined) told.texts.push(Number(text))
  if (decisionOpened !== undefined) {
    const marker = /ask#[^#]+#/.exec(JSON.stringify(decisionOpened))?.[0] ?? ''
    const one: Told1 = { id: String(decisionOpened.decisionId), settled: [] }
    told.decisions.set(marker, one)
    byId.set(one.id, one)
  }
  if (decisionSettled !== undefined) {
    const {
      outcome,
      optionId = null,
      origin,
    } = decisionSettled as {
      outcome: string
      optionId?: string | null
      origin: { surface: string; deviceId?: string | null }
    }
    const word = { outcome, optionId, surface: origin.surface, deviceId: origin.deviceId ?? null }
    byId.get(String(decisionSettled.decisionId))?.settled.push(word)
  }
  if (promptChanged !== undefined) {
    told.fates.set(String(promptChanged.text), String(promptChanged.state))
    told.prompts.set(String(promptChanged.promptId), String(promptChanged.text))
  }
  // It may have been stopped before the agent was given it: the turn's end says so.
  const stopped = turnEnded?.stopReason === 'cancelled' ? told.prompts.get(String(turnEnded.promptId)) : undefined
  if (stopped !== undefined) told.fates.set(stopped, 'CANCELLED')
}

const hex = (digest: unknown): string =>
  typeof digest === 'string' ? digest : Buffer.from(digest as Uint8Array).toString('hex')
