/** Whether somebody can sit here: a session without a terminal is headless, and policy may say that it is not remote (F2). */
export const hasTerminal = (): boolean => process.stdin.isTTY === true && process.stdout.isTTY === true
