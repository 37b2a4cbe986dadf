/** Lines to the person, on stderr so that stdout stays for what a script reads; progress for anything over a second. */
import { plain } from '../terminal/plain-text.ts'

/** Names in it may be a device's or a server's: whatever they hold, they only show characters (T8). */
export const say = (sentence: string): void => void process.stderr.write(`${plain(sentence)}\n`)

/** After this long a step is announced, milliseconds. */
export const PATIENCE_MS = 800

/** Awaits a step; announces it when it takes longer than a moment. */
export async function withProgress<T>(sentence: string, step: Promise<T>): Promise<T> {
  const timer = setTimeout(() => say(`${sentence} …`), PATIENCE_MS)
  try {
    return await step
  } finally {
    clearTimeout(timer)
  }
}
