/** Ends commands whose time is over, so that their state changes before people's eyes and not when someone looks (C5, E10). */
import type { Database } from '../db/database.ts'
import { expireCommand, overdueCommands } from '../store/delivery.ts'
import type { Bell } from './bell.ts'
import { write } from './write.ts'

export type Expiry = {
  /** One round now; returns how many have ended. Several processes may do it at once: each command ends once. */
  round(): Promise<number>
  close(): Promise<void>
}

export function createExpiry(options: {
  database: Database
  bell: Bell
  everySeconds?: number
  log: (error: unknown) => void
}): Expiry {
  const { everySeconds = 5, log } = options
  let running: Promise<unknown> = Promise.resolve()

  async function round(): Promise<number> {
    const overdue = await options.database.read(overdueCommands)
    for (const row of overdue) await write(options, (tx, ring) => expireCommand(tx, ring, row))
    return overdue.length
  }

  const timer = setInterval(() => {
    running = running.then(round).catch(log)
  }, everySeconds * 1000)
  timer.unref()
  return {
    round,
    close: async () => {
      clearInterval(timer)
      await running
    },
  }
}
