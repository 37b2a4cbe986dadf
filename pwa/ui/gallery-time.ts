// Gallery: it is always 14:06 on a Friday, so that the pictures can be compared.
import { createClock } from './clock.ts'

/** A time of that day, in milliseconds since 1970. */
export const time = (hour: number, minute: number, second = 0) => new Date(2026, 10, 20, hour, minute, second).getTime()

export const stillClock = createClock({ now: () => time(14, 6), after: () => () => {} })
