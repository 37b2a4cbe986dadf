// The facts of a session that are no events: who runs what, where, and the epoch counter (E1). Knows no event.
import { type Disk, readIfThere, replaceFile } from './disk.ts'
import { JournalError } from './failure.ts'
import type { Lock } from './lock.ts'

/** `epoch` counts attachments of an agent process; 0 before the first. Facts this version does not know are kept as they are. */
export interface SessionFacts {
  id: string
  createdAt: string
  epoch: number
  /** Name of the agent, as a person knows it. */
  agent: string
  command: string[]
  cwd: string
  title: string | null
  /** Process of the agent while it runs. */
  pid: number | null
  /** The agent's own id of this session, with which it can be loaded again. */
  agentSessionId: string | null
  [other: string]: unknown
}

export interface Meta {
  readonly facts: Readonly<SessionFacts>
  /** Changes facts durably. `id`, `createdAt` and `epoch` are not for changing. Throws JournalError and nothing has changed. */
  update(change: Partial<Omit<SessionFacts, 'id' | 'createdAt' | 'epoch'>>): Promise<void>
  /** The next epoch, durable before it is returned: no two attachments ever share one, whatever crashes (E1, E4). */
  mintEpoch(): Promise<number>
}

/** Writes the facts of a new session. */
export async function createMeta(path: string, lock: Lock, facts: SessionFacts, disk?: Disk): Promise<Meta> {
  const meta = metaOf(path, lock, facts, disk)
  await meta.update({})
  return meta
}

/** Reads the facts of a session for changing them. Throws NOT_FOUND or CORRUPT. */
export async function openMeta(path: string, lock: Lock, disk?: Disk): Promise<Meta> {
  return metaOf(path, lock, await readMeta(path), disk)
}

/** Reads the facts without any right to change them. Throws NOT_FOUND or CORRUPT. */
export async function readMeta(path: string): Promise<SessionFacts> {
  const bytes = await readIfThere(path)
  if (bytes === undefined) throw new JournalError('NOT_FOUND', `There is no session file ${path}.`, { path })
  try {
    const facts: unknown = JSON.parse(bytes.toString('utf8'))
    if (isFacts(facts)) return facts
  } catch {}
  throw new JournalError('CORRUPT', `${path} is damaged. It was left as it is.`, { path, line: 1 })
}

function isFacts(value: unknown): value is SessionFacts {
  if (typeof value !== 'object' || value === null) return false
  const facts = value as Record<string, unknown>
  return (
    typeof facts.id === 'string' &&
    typeof facts.createdAt === 'string' &&
    Number.isSafeInteger(facts.epoch) &&
    typeof facts.agent === 'string' &&
    Array.isArray(facts.command) &&
    typeof facts.cwd === 'string'
  )
}

function metaOf(path: string, lock: Lock, first: SessionFacts, disk?: Disk): Meta {
  let facts = first
  let last: Promise<unknown> = Promise.resolve()

  /** One write at a time, each from what the one before left. */
  function write(change: (facts: SessionFacts) => SessionFacts): Promise<SessionFacts> {
    const mine = last.then(async () => {
      if (!lock.held)
        throw new JournalError('NOT_HELD', 'This session was let go; its facts may not be changed.', { path })
      const next = change(facts)
      await replaceFile(path, Buffer.from(`${JSON.stringify(next, null, 2)}\n`), disk)
      facts = next
      return next
    })
    last = mine.catch(() => undefined)
    return mine
  }

  return {
    get facts() {
      return facts
    },
    async update(change) {
      await write((now) => ({ ...now, ...change, id: now.id, createdAt: now.createdAt, epoch: now.epoch }))
    },
    async mintEpoch() {
      return (await write((now) => ({ ...now, epoch: now.epoch + 1 }))).epoch
    },
  }
}
