/** Whether text can travel everywhere: no NUL (PostgreSQL refuses it), no half of a surrogate pair (UTF-8 cannot say it). */

const BROKEN = /\0|[\uD800-\uDFFF]/u

/** True when the string has neither. */
export const isWellFormed = (text: string): boolean => !BROKEN.test(text)

/** Finds the first string in a value that is not well-formed and says what it holds; null when all are. Keeps no recursion: depth is the caller's. */
export function brokenText(value: unknown): string | null {
  const open: unknown[] = [value]
  while (open.length > 0) {
    const at = open.pop()
    if (typeof at === 'string') {
      const [found] = BROKEN.exec(at) ?? []
      if (found !== undefined) return found === '\0' ? 'a NUL character' : 'a lone surrogate'
    } else if (Array.isArray(at)) open.push(...at)
    else if (typeof at === 'object' && at !== null && !(at instanceof Date)) open.push(...Object.values(at))
  }
  return null
}
