/** Notes that a device is there, once a minute at most. Knows no token. */
import type { Database } from '../db/database.ts'
import { noteDevicesSeen } from '../store/devices.ts'

const EVERY_MILLISECONDS = 60_000

/** The returned function never throws and nobody waits for it. */
export function createSeen(
  database: Pick<Database, 'read'>,
  log: (error: unknown) => void,
): (deviceId: string) => void {
  const seen = new Map<string, number>()
  return (deviceId) => {
    const now = performance.now()
    if (now - (seen.get(deviceId) ?? Number.NEGATIVE_INFINITY) < EVERY_MILLISECONDS) return
    seen.set(deviceId, now)
    database.read((tx) => noteDevicesSeen(tx, [deviceId])).catch(log)
  }
}
