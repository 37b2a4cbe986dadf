// A checksummed line of a journal's file, as whoever reads or writes one knows it.

/** One durable line. `offset` is where the line starts; `bytes` is its whole length in the file. */
export interface Line {
  json: string
  digest: string
  offset: number
  bytes: number
}
