/** Column forms that more than one table uses. Knows no table. */
import { customType, timestamp } from 'drizzle-orm/pg-core'

/** An instant with milliseconds, as GraphQL's DateTime shows it. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' })

/** Raw bytes. Both drivers take a Uint8Array; PostgreSQL's gives a Buffer back, which is one. */
export const bytes = customType<{ data: Uint8Array; driverData: Uint8Array }>({
  dataType: () => 'bytea',
  toDriver: (value) => Buffer.from(value.buffer, value.byteOffset, value.byteLength),
})

/** SHA-256 as 64 lower-case hex digits outside and 32 bytes inside. */
export const digest = customType<{ data: string; driverData: Uint8Array }>({
  dataType: () => 'bytea',
  toDriver: (value) => Buffer.from(value, 'hex'),
  fromDriver: (value) => Buffer.from(value).toString('hex'),
})
