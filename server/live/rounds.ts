/** Does something again and again until it is closed, one round at a time. Knows not what. */

export type Rounds = { close(): Promise<void> }

/** A round that fails is logged and does not end the rounds. `close` waits for the one that runs. */
export function createRounds(options: {
  everySeconds: number
  round: () => Promise<void>
  log: (error: unknown) => void
}): Rounds {
  let running: Promise<void> | null = null
  const timer = setInterval(() => {
    running ??= options
      .round()
      .catch(options.log)
      .finally(() => {
        running = null
      })
  }, options.everySeconds * 1000)
  timer.unref()
  return {
    close: async () => {
      clearInterval(timer)
      await running
    },
  }
}
