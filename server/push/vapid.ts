/** The key pair by which push services know this server. Made once, kept in the database: subscriptions are bound to it. */
import webpush from 'web-push'
import type { Database } from '../db/database.ts'
import { factOr, readFact } from '../store/facts.ts'

export type VapidKeys = { publicKey: string; privateKey: string }

const FACT = 'vapid'

/** The pair that stands; of several processes starting at once, one makes it. */
export async function vapidKeys(database: Database): Promise<VapidKeys> {
  const stored = await database.read(
    async (tx) => (await readFact(tx, FACT)) ?? factOr(tx, FACT, JSON.stringify(webpush.generateVAPIDKeys())),
  )
  const read: unknown = JSON.parse(stored)
  if (typeof read !== 'object' || read === null || !('publicKey' in read) || !('privateKey' in read)) {
    throw new Error('The stored keys for Web Push cannot be read.')
  }
  return { publicKey: String(read.publicKey), privateKey: String(read.privateKey) }
}
