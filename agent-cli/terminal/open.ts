/** Loads the screen for a person at a terminal. */

/** What ink takes for "nobody is looking": with one of these set it draws nothing until the end. */
const SAYS_CI = ['CI', 'CONTINUOUS_INTEGRATION'] as const

/**
 * The screen's room, loaded when it is first needed. Someone sits at this terminal whatever their environment says of
 * CI, and ink looks at it once, when it is loaded; the agent's own environment stays as it was.
 */
export async function openScreen() {
  const before = SAYS_CI.map((name) => [name, process.env[name]] as const)
  for (const name of SAYS_CI) delete process.env[name]
  try {
    return await import('./show.tsx')
  } finally {
    for (const [name, value] of before) if (value !== undefined) process.env[name] = value
  }
}
