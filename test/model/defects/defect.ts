// What a defect is: the breaking of one rule, by replacing something in the code.
import type { Motif } from '../real/motifs.ts'

/** Found not exactly once, the code has moved, and the run fails loudly instead of testing nothing. */
export type Edit = { file: string; find: string; replace: string }

export type Defect = {
  name: string
  rule: string
  /** The passages that lead to it: the first histories it meets are made of these. */
  aim: readonly Motif[]
  edits: readonly Edit[]
}
