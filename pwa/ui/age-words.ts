// How times are said: ages `38 s`, `4 min`, `2 h`, `Tue`, `12 Nov`; clock times `14:02`; lasting times `1 min 42 s`. Pure.
// All arguments are milliseconds since 1970 (or of length); days and clocks are those of this device's time zone.

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const second = 1000
const minute = 60 * second
const hour = 60 * minute

/** How long ago, in one unit. A time in the future (another clock runs ahead) is `0 s`. */
export function ageWords(since: number, now: number): string {
  const age = Math.max(0, now - since)
  if (age < minute) return `${Math.floor(age / second)} s`
  if (age < hour) return `${Math.floor(age / minute)} min`
  if (age < 24 * hour) return `${Math.floor(age / hour)} h`
  return dayWords(since, now)
}

/** `14:02`, with seconds where two events must be told apart. */
export function clockWords(at: number, options: { seconds?: boolean } = {}): string {
  const date = new Date(at)
  const parts = [date.getHours(), date.getMinutes()]
  if (options.seconds) parts.push(date.getSeconds())
  return parts.map((part) => String(part).padStart(2, '0')).join(':')
}

/** The clock time of an event: `14:02` today, `Tue 14:02` this week, `12 Nov 14:02` before. */
export function momentWords(at: number, now: number): string {
  const clock = clockWords(at)
  return calendarDay(at) === calendarDay(now) ? clock : `${dayWords(at, now)} ${clock}`
}

/** A length that has ended or is being waited out: `14 s`, `1 min 42 s`, `2 h 5 min`. */
export function lengthWords(lengthMs: number): string {
  const length = Math.max(0, lengthMs)
  if (length < minute) return `${Math.floor(length / second)} s`
  const [big, small, bigWord, smallWord] =
    length < hour
      ? [Math.floor(length / minute), Math.floor((length % minute) / second), 'min', 's']
      : [Math.floor(length / hour), Math.floor((length % hour) / minute), 'h', 'min']
  return small === 0 ? `${big} ${bigWord}` : `${big} ${bigWord} ${small} ${smallWord}`
}

function dayWords(at: number, now: number): string {
  const date = new Date(at)
  // Six days back at most: seven would name today's weekday.
  if (calendarDay(now) - calendarDay(at) <= 6) return days[date.getDay()] ?? ''
  const day = `${date.getDate()} ${months[date.getMonth()] ?? ''}`
  return date.getFullYear() === new Date(now).getFullYear() ? day : `${day} ${date.getFullYear()}`
}

/** Days since 1970 by the local calendar; UTC arithmetic keeps it whole across summer time. */
function calendarDay(at: number): number {
  const date = new Date(at)
  return Math.floor(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / (24 * hour))
}
