// Notices that this machine has slept, was stopped, or had its clock moved forward: time passed that no timer has seen. Knows nobody who waits.

export type ClockWatch = { close(): void }

/**
 * Calls `onJump` within `everyMs` of waking. A process that was too busy to tick looks the same: whoever is called may only try again
 * what is safe to try. Does not keep the process alive.
 */
export function watchClock(
  onJump: () => void,
  options: { everyMs?: number; slackMs?: number; wallMs?: () => number; steadyMs?: () => number } = {},
): ClockWatch {
  const { everyMs = 1_000, slackMs = 4_000, wallMs = () => Date.now(), steadyMs = () => performance.now() } = options
  // The steady clock stands still in some systems' sleep, and the wall clock may be moved back: either may be the one that tells.
  let last = { wall: wallMs(), steady: steadyMs() }
  const timer = setInterval(() => {
    const now = { wall: wallMs(), steady: steadyMs() }
    const passed = Math.max(now.wall - last.wall, now.steady - last.steady)
    last = now
    if (passed > everyMs + slackMs) onJump()
  }, everyMs).unref()
  return { close: () => clearInterval(timer) }
}
