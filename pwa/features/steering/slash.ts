// The agent's slash commands as a palette: which fit what is typed, best first. Pure.

export type SlashCommand = { name: string; description: string; hint: string | null; terminalOnly: boolean }

/** What is typed after a slash, when the whole draft is the beginning of a slash command; null otherwise. */
export function slashQuery(text: string): string | null {
  const found = /^\/(\S*)$/.exec(text)
  return found ? (found[1] ?? '') : null
}

/** Commands whose name begins with the query, then those that contain it; both in the agent's order. */
export function fitting(commands: readonly SlashCommand[], query: string): readonly SlashCommand[] {
  const wanted = query.toLowerCase()
  const begins = commands.filter(({ name }) => name.toLowerCase().startsWith(wanted))
  const holds = commands.filter(
    ({ name }) => !name.toLowerCase().startsWith(wanted) && name.toLowerCase().includes(wanted),
  )
  return [...begins, ...holds]
}
