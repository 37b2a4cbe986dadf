/** What of an error goes into the log: its words and where it came from, never the values of a statement, which are people's words and names. Knows no file. */

const VALUES = /\n?params: [\s\S]*?(?=\n {4}at |$)/g

export function logText(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const cause = error instanceof Error && error.cause instanceof Error ? `\n  caused by ${error.cause.message}` : ''
  return `${text}${cause}`.replace(VALUES, '\nparams: (not logged)')
}
