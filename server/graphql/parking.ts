/**
 * A wait that comes before its operation: whoever waits for long holds a place and its answer's socket, and neither operation nor context. A field says how in
 * its `extensions`; a transport that does not know it runs the operation, which then waits for itself. Knows no field.
 */
import type { Principal } from '../policy/principal.ts'
import type { Context, Parts } from './context.ts'

export type Parked = {
  /** The operation is run now, with this context: it goes on from where the wait stood. */
  resume(context: Context): void
  /** Nobody waits here any more, or the operation is over; `go` is not called after it. Again is harmless. */
  leave(): void
}

export type Asking = { parts: Parts; principal: Principal; args: Readonly<Record<string, unknown>> }

/**
 * Null when there is nothing to wait for before the operation. Else `go` is called once, later, when it may have something to say or its time is over. Must let in
 * nobody whom the field's rule does not.
 */
export type Park = (asking: Asking, go: () => void) => Parked | null

export const parking = (park: Park): { park: Park } => ({ park })

export function parkOf(extensions: Readonly<Record<string, unknown>>): Park | null {
  return typeof extensions.park === 'function' ? (extensions.park as Park) : null
}
