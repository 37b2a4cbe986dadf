/** Shows a session in this terminal until the person leaves or the session ends. Ends neither: the caller does. */
import { render } from 'ink'
import type { BridgeSession } from '../bridge/contract.ts'
import { Screen } from './screen.tsx'

export type ShowOptions = {
  /** Whether the QR is open from the start. */
  readonly showQr: boolean
  readonly stdin?: NodeJS.ReadStream
  readonly stdout?: NodeJS.WriteStream
}

/** Resolves when the screen is left. */
export async function show(session: BridgeSession, options: ShowOptions): Promise<void> {
  const app = render(<Screen session={session} showQr={options.showQr} />, {
    exitOnCtrlC: false,
    // The bridge's rooms never write to the terminal; whatever a package prints goes above the screen.
    patchConsole: true,
    ...(options.stdin ? { stdin: options.stdin } : {}),
    ...(options.stdout ? { stdout: options.stdout } : {}),
  })
  await app.waitUntilExit()
}
