/** One look for all hosts that wait in this process: who asks within a moment is answered by one statement. Keeps nothing. */
import type { Database } from '../db/database.ts'
import { hostMarks } from '../store/host-commands.ts'

const GATHER_MILLISECONDS = 100

type Gathering = { hostIds: Set<string>; marks: Promise<ReadonlyMap<string, string>> }
const gathering = new WeakMap<Database, Gathering>()

/** What `hostMarks` says of the host, at most a moment later. Undefined for one that is gone. */
export async function hostMark(database: Database, hostId: string): Promise<string | undefined> {
  const there = gathering.get(database) ?? begin(database)
  there.hostIds.add(hostId)
  return (await there.marks).get(hostId)
}

function begin(database: Database): Gathering {
  const hostIds = new Set<string>()
  const marks = new Promise((resolve) => setTimeout(resolve, GATHER_MILLISECONDS)).then(() => {
    gathering.delete(database)
    return database.read((tx) => hostMarks(tx, [...hostIds]))
  })
  const made = { hostIds, marks }
  gathering.set(database, made)
  return made
}
