// Passkeys that wait for a key press at this machine, and how each ended, told to the server. Asks no person.
import type { Caller } from './credentials.ts'
import { AcknowledgeCommands, type CommandOf, PollCommands, SettleCommand } from './host-operations.ts'
import type { Identity } from './identity.ts'
import { type AskedPin, isPinned, type PinRefused, pinConfirmed, readPinning } from './pinning.ts'
import type { Roster } from './roster.ts'

export type WaitingPin = {
  readonly asked: AskedPin
  /** The person has compared the code and pressed y. Null when it is pinned; else why not. */
  confirm(): Promise<PinRefused | null>
  refuse(): Promise<void>
}

type At = { readonly call: Caller; readonly identity: Identity; readonly roster: Roster }

/** Oldest first. What no device of this roster has signed is refused at once; what is pinned already is said to be. */
export async function waitingPins(at: At): Promise<readonly WaitingPin[]> {
  const { call, identity, roster } = at
  const { hostCommands } = await call(PollCommands, { hostId: identity.hostId, after: null, waitSeconds: 0 })
  const found: WaitingPin[] = []
  for (const command of hostCommands.commands) {
    if (command.__typename !== 'PinPasskey' || command.assertion !== null) continue
    const asked = await readPinning(command, identity.hostId, roster)
    if ('refused' in asked) await settle(at, command, asked.refused)
    else if (isPinned(asked)) await settle(at, command, null)
    else
      found.push({
        asked,
        async confirm() {
          const refusal = await pinConfirmed(asked, roster)
          await settle(at, command, refusal)
          return refusal
        },
        refuse: () => settle(at, command, refusedHere),
      })
  }
  return found
}

const refusedHere: PinRefused = {
  code: 'POLICY',
  message: 'Refused at the terminal of that machine.',
  rule: 'T4 passkey',
}

async function settle(
  { call, identity }: At,
  { id }: CommandOf<'PinPasskey'>,
  refusal: PinRefused | null,
): Promise<void> {
  await call(AcknowledgeCommands, { hostId: identity.hostId, ids: [id], epochs: [] })
  await call(SettleCommand, { input: { commandId: id, state: refusal === null ? 'APPLIED' : 'REFUSED', refusal } })
}
