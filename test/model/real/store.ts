// The database's double-edged friend: the real one, whose commits fail or take their time as told, and which can be put back to an older state.
// Also reads what a history left, as it lies in the tables and in the journal's files.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { asc, eq, sql } from 'drizzle-orm'
import type { Database, Tx } from '../../../server/db/database.ts'
import { command, decision, event, session } from '../../../server/db/schema.ts'

export type Store = Database & {
  /** Half of what is read comes late, so that more happens between a reader's look and its wait. */
  slowsReads(isSlow: boolean): void
  /** The next transaction that is ready to commit fails instead. */
  failCommit(): void
  backUp(): Promise<void>
  /** Sessions, events, decisions and commands are as they were; people are not. False when there is no older state. */
  restore(): Promise<boolean>
  readonly restores: number
  /** When it was last put back, by the clock of this machine; before that never. */
  readonly restoredAt: number
}

const tables = ['session', 'event', 'body', 'body_chunk', 'decision', 'prompt', 'command']
const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds))

export function createStore(database: Database, random: () => number): Store {
  let isFailing = false
  let hasBackup = false
  let restores = 0
  let restoredAt = Number.POSITIVE_INFINITY
  /** Widens what lies between a read and what follows it. */
  const lag = async () => {
    if (random() < 0.3) await pause(1 + random() * 4)
  }
  let areReadsSlow = false
  /** Again when it met somebody else's locks the other way round. */
  async function steadily(work: (tx: Tx) => Promise<void>): Promise<void> {
    for (let left = 5; ; left -= 1) {
      try {
        return await database.transaction(work)
      } catch (error) {
        if (left === 0) throw error
        await pause(50)
      }
    }
  }
  const run = (tx: Tx, text: string) => tx.execute(sql.raw(text))
  return {
    ...database,
    transaction: (work, isLeft) =>
      database.transaction(async (tx) => {
        const value = await work(tx)
        await lag()
        if (isFailing) {
          isFailing = false
          throw new Error('the database is gone')
        }
        return value
      }, isLeft),
    read: async (work, isLeft) => {
      const value = await database.read(work, isLeft)
      await (areReadsSlow && random() < 0.5 ? pause(20 + random() * 100) : lag())
      return value
    },
    slowsReads(isSlow) {
      areReadsSlow = isSlow
    },
    failCommit() {
      isFailing = true
    },
    async backUp() {
      await steadily(async (tx) => {
        // As a dump is: of one moment. Else a session may know fewer events than there are, and its host is refused for ever.
        await run(tx, 'set transaction isolation level repeatable read')
        for (const table of [...tables, 'host']) {
          await run(tx, `drop table if exists backup_${table}`)
          await run(tx, `create table backup_${table} as table ${table}`)
        }
      })
      hasBackup = true
    },
    async restore() {
      if (!hasBackup) return false
      await steadily(async (tx) => {
        // What a stopped server still had under way ends first.
        await run(tx, `lock table host, ${tables.join(', ')} in access exclusive mode`)
        await run(tx, 'delete from command')
        await run(tx, 'delete from session')
        for (const table of tables) await run(tx, `insert into ${table} select * from backup_${table}`)
        await run(
          tx,
          'update host set next_command_number = old.next_command_number from backup_host old where old.id = host.id',
        )
        await run(tx, `update server_fact set value = '${crypto.randomUUID()}' where name = 'incarnation'`)
      })
      restores += 1
      restoredAt = Date.now()
      return true
    },
    get restores() {
      return restores
    },
    get restoredAt() {
      return restoredAt
    },
  }
}

/** Open (docs/model.md): forgotten with a restore, sent again, and its device revoked before the host could say that it had run. */
export const isMadeAnew = (store: Store, row: { createdAt: Date; refusalCode: string | null }): boolean =>
  row.refusalCode === 'REVOKED' && row.createdAt.getTime() > store.restoredAt

/** What the database holds of a session. */
export const stored = (database: Database, sessionId: string) =>
  database.read(async (tx) => {
    const events = await tx
      .select({ seq: event.seq, digest: event.digest })
      .from(event)
      .where(eq(event.sessionId, sessionId))
      .orderBy(asc(event.seq))
    const commands = await tx
      .select()
      .from(command)
      .where(eq(command.sessionId, sessionId))
      .orderBy(asc(command.number))
    // After the commands: a decision that waits for one which had ended before waits for ever.
    const decisions = await tx.select().from(decision).where(eq(decision.sessionId, sessionId))
    const [row] = await tx.select().from(session).where(eq(session.id, sessionId))
    return { events, decisions, commands, lastSeq: row?.lastSeq ?? 0, epoch: row?.epoch ?? 0 }
  })
export type Stored = Awaited<ReturnType<typeof stored>>

export type Line = { seq: number; digest: string; body: Record<string, Record<string, unknown>> }

/** The events on the disk, synced ones alone. */
export async function journalled(folder: string): Promise<Line[]> {
  const names = (await readdir(folder)).filter((name) => /^events\.(\d+\.)?log$/.test(name))
  const lines: Line[] = []
  for (const name of names)
    for (const text of (await readFile(join(folder, name), 'utf8')).split('\n')) {
      const found = /^([0-9a-f]{64}) (\{"seq":(\d+),.*\})$/.exec(text)
      if (found?.[2] === undefined) continue
      const { body } = JSON.parse(found[2]) as { body: Line['body'] }
      lines.push({ seq: Number(found[3]), digest: found[1] ?? '', body })
    }
  return lines.sort((one, other) => one.seq - other.seq)
}

/** How far the workstation believes that the server has its events. */
export async function believed(folder: string): Promise<number> {
  const text = await readFile(join(folder, 'acked.json'), 'utf8').catch(() => '{"seq":0}')
  return (JSON.parse(text) as { seq: number }).seq
}

/** What the workstation has noted on its disk as the end of each command. */
export async function notedResults(folder: string): Promise<Map<string, string>> {
  const results = new Map<string, string>()
  for (const text of (await readFile(join(folder, 'ledger.log'), 'utf8')).split('\n')) {
    const found = /^[0-9a-f]{64} (\{.*\})$/.exec(text)?.[1]
    if (found === undefined) continue
    const { note, commandId, state } = JSON.parse(found) as { note: string; commandId: string; state: string }
    if (note === 'result' && !results.has(commandId)) results.set(commandId, state)
  }
  return results
}
