/** Tells a broken unique constraint from every other error. The drivers' classes differ, the code does not. */

/** True when the statement failed because a row with that key is there (SQLSTATE 23505). */
export function isUniqueViolation(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) if ('code' in at && at.code === '23505') return true
  return false
}
