/** The ladder of what a principal may do (T4). Knows no principal and no session. */

/** T4, lowest first. */
export const RUNGS = ['VIEW', 'ANSWER', 'STEER', 'FULL'] as const
export type Rung = (typeof RUNGS)[number]

export const rungAtLeast = (has: Rung, needs: Rung): boolean => RUNGS.indexOf(has) >= RUNGS.indexOf(needs)
export const lowestRung = (...rungs: Rung[]): Rung => RUNGS[Math.min(...rungs.map((r) => RUNGS.indexOf(r)))] ?? 'VIEW'
/** As people read it: the name that the terminal's flags and the screens have. */
export const rungWord = (rung: Rung): string => rung.toLowerCase()
