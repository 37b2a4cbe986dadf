/** Tells a text that no database of ours can hold from every other error. The drivers' classes differ, the codes do not. */

/** True when the statement failed because a text in it holds a NUL, or is not well-formed (SQLSTATE 22021, 22P05). */
export function isUnstorableText(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause)
    if ('code' in at && (at.code === '22021' || at.code === '22P05')) return true
  return false
}
