// Who did something and from where, as events say it.
import type { Origin } from '../agent/translate/event-body.ts'

export const terminal: Origin = { surface: 'TERMINAL' }
export const host: Origin = { surface: 'HOST' }
export const agent: Origin = { surface: 'AGENT' }
export const device = (command: { id: string; deviceId: string | null; deviceName: string | null }): Origin => ({
  surface: 'DEVICE',
  commandId: command.id,
  deviceId: command.deviceId,
  deviceName: command.deviceName,
})
