/** Loaded into a server under measurement: says over the parent's channel what the process has used. Changes nothing else. */

export type Usage = { rssBytes: number; heapBytes: number; cpuMicros: number }

process.on('message', (collect: unknown) => {
  if (collect === true) for (let round = 0; round < 3; round++) globalThis.gc?.()
  const { user, system } = process.cpuUsage()
  const { rss, heapUsed } = process.memoryUsage()
  process.send?.({ rssBytes: rss, heapBytes: heapUsed, cpuMicros: user + system } satisfies Usage)
})
// The channel alone must not keep it running.
process.channel?.unref()
