/** Thrown where a value, or a selection, is the executor's and not the compiled way's. */
export class Unplain extends Error {
  override name = 'Unplain'
}
