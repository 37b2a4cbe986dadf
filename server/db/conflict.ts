/** Tells a broken unique constraint from every other error. The drivers' classes differ, the code does not. */

/** True when the statement failed because a row with that key is there (SQLSTATE 23505); with a name, under that constraint. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  for (let at = error; at instanceof Error; at = at.cause)
    if ('code' in at && at.code === '23505') return constraint === undefined || constraintOf(at) === constraint
  return false
}

const constraintOf = (error: Error): unknown =>
  'constraint_name' in error ? error.constraint_name : 'constraint' in error ? error.constraint : undefined
