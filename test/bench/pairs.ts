/** Pairs of a workstation and a device with a session between them, put into a database at once: a thousand handshakes would take an hour's limits. */
import { randomBytes } from 'node:crypto'
import { randomText } from '../../protocol/bytes.ts'
import { exportPublicKey, generateKeys } from '../../protocol/keys.ts'
import { hashToken } from '../../server/auth/tokens.ts'
import type { Database } from '../../server/db/database.ts'
import { credential, device, host, owner, session } from '../../server/db/schema.ts'

export type Pair = {
  sessionId: string
  hostId: string
  attachmentId: string
  hostToken: string
  sessionToken: string
  deviceId: string
  deviceToken: string
}

/** One key for all of them: what is measured is that commands are signed, not how keys are made. */
export const deviceKeys = generateKeys(false)

const id = (kind: string): string => `${kind}_${randomText(17).slice(0, 22)}`
const token = (prefix: string): string => `${prefix}_${randomBytes(32).toString('base64url')}`

export const makePairs = (count: number): Pair[] =>
  Array.from({ length: count }, () => ({
    ...{ sessionId: id('ses'), hostId: id('hst'), attachmentId: id('att'), deviceId: id('dev') },
    ...{ hostToken: token('odh'), sessionToken: token('ods'), deviceToken: token('odd') },
  }))

/** Each pair is a person of its own. What `startSession` of that attachment would find is there already. */
export async function storePairs(database: Database, pairs: readonly Pair[]): Promise<void> {
  const publicKey = await exportPublicKey((await deviceKeys).publicKey)
  const expiresAt = new Date(Date.now() + 24 * 3600_000)
  await database.transaction(async (tx) => {
    for (let from = 0; from < pairs.length; from += 500) {
      const some = pairs.slice(from, from + 500).map((pair) => ({ ...pair, ownerId: id('own') }))
      await tx.insert(owner).values(some.map(({ ownerId }) => ({ id: ownerId, name: 'Dev' })))
      await tx
        .insert(host)
        .values(some.map(({ hostId, ownerId }) => ({ id: hostId, ownerId, name: 'desk', publicKey: 'key' })))
      await tx.insert(device).values(
        some.map(({ ownerId, deviceId, deviceToken }) => ({
          ...{ id: deviceId, ownerId, publicKey, name: 'phone', kind: 'BROWSER' as const, rung: 'FULL' as const },
          ...{ tokenHash: hashToken(deviceToken), confirmed: true },
        })),
      )
      const credentials = some.flatMap(({ ownerId, hostId, sessionId, hostToken, sessionToken }) => [
        { tokenHash: hashToken(hostToken), ownerId, hostId, sessionId: null, expiresAt },
        { tokenHash: hashToken(sessionToken), ownerId, hostId, sessionId, expiresAt },
      ])
      await tx.insert(credential).values(credentials)
      await tx.insert(session).values(
        some.map(({ sessionId, ownerId, hostId, attachmentId }) => ({
          ...{ id: sessionId, ownerId, hostId, attachmentId, epoch: 1, agentId: 'demo', agentName: 'Demo' },
          ...{ cwd: '/home/dev/shop', ceiling: 'FULL' as const, createdAt: new Date() },
        })),
      )
    }
  })
}
