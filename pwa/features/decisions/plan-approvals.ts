// How a plan may be approved: by the mode that follows, or by the agent's own words. Pure.
import { isDeny, type Option } from './answer-words.ts'

/** One way to approve per mode: then a segment chooses. Otherwise the agent's own words, one row each. */
export function approvals(options: readonly Option[]): { options: readonly Option[]; byMode: boolean } {
  const approving = options.filter((option) => !isDeny(option))
  const modes = new Set(approving.map((option) => option.thenMode))
  return { options: approving, byMode: approving.length > 1 && modes.size === approving.length && !modes.has(null) }
}

/** Interactive unless it is not offered; nothing is chosen for the person that needs more than the least. */
export const firstApproval = (options: readonly Option[]): Option | undefined =>
  options.find((option) => option.thenMode === 'INTERACTIVE') ?? options[0]
