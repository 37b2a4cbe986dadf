/** Rows of a statement written by hand, whichever driver ran it. Knows no table. */

/** One driver gives a list, the other a list in an object. What the columns hold is the statement's author's word. */
export function rowsOf<Row>(result: unknown): Row[] {
  return Array.isArray(result) ? result : (result as { rows: Row[] }).rows
}
