/** Enters into the audit that somebody uses what was taken away: the token of a revoked device or host, or an admin's that has ended (F5). Knows no transport. */
import type { Database } from '../db/database.ts'
import { asActor } from '../policy/audited.ts'
import { noteAudit } from '../store/audit.ts'
import { readStandings } from '../store/credentials.ts'
import type { Refused } from '../store/refused.ts'
import { principalOf } from './standing.ts'
import { bearerToken, hashToken } from './tokens.ts'

/** A page or a host that does not know yet asks every few seconds; an entry for each would bury the rest. */
export const DEAD_TOKEN_ENTRY_MILLISECONDS = 3600_000
const MOST_KNOWN = 10_000

type Options = {
  database: Pick<Database, 'transaction'>
  log: (error: unknown) => void
  /** Milliseconds, never back. */
  now?: () => number
}

/** Never throws: whoever is refused is refused, also where the entry could not be written. */
export function createDeadTokens({ database, log, now = () => performance.now() }: Options) {
  const noted = new Map<string, number>()
  return async (authorization: unknown, { code, rule }: Refused, address: string): Promise<void> => {
    const token = bearerToken(authorization)
    if (!token || !isNews(code, token)) return
    const hash = hashToken(token)
    if (now() - (noted.get(hash) ?? Number.NEGATIVE_INFINITY) < DEAD_TOKEN_ENTRY_MILLISECONDS) return
    if (noted.size >= MOST_KNOWN) noted.clear()
    noted.set(hash, now())
    const enter = database.transaction(async (tx) => {
      const standing = (await readStandings(tx, [hash])).get(hash)
      if (!standing) return
      const what = { action: 'refused.credential', outcome: 'REFUSED', code, rule: rule ?? null } as const
      const line = `from ${address}; further uses within an hour are left out`
      await noteAudit(tx, { ...asActor(principalOf(standing)), ...what, line })
    })
    await enter.catch(log)
  }
}

/** Credentials of hosts and pairings end all day, and their holders ask for others. */
const isNews = (code: string, token: string): boolean =>
  code === 'REVOKED' || (code === 'CREDENTIAL_EXPIRED' && token.startsWith('oda_'))
