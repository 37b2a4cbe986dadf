// Signs what this device asks of a workstation, with the key of its pairing (T5). Page, worker and outbox draw from one counter.
import { nextCounter } from '../../protocol/command.ts'
import {
  proofFor,
  type Seen,
  type SteeringFields,
  type SteeringMutation,
  type Voucher,
} from '../../protocol/command-input.ts'
import { readDeviceKey } from './device-key.ts'
import { changeVault } from './vault.ts'

/** What the person saw when they said so: whose session it is, and the words on the button. */
export type SeenHere = Seen & { hostId: string }

const NAME = 'command-counter'

/** One transaction of the database: two tabs never draw the same. */
async function drawCounter(nowMs: number): Promise<number> {
  const drawn = await changeVault(NAME, (last) => nextCounter(typeof last === 'number' ? last : 0, nowMs))
  return typeof drawn === 'number' ? drawn : nowMs
}

/**
 * The input with its proof. Null when this device has no key to sign with. `saidAtMs`: when the person said so. `voucher`: the passkey that vouches for it
 * (`voucherOf`); what asking it throws is thrown.
 */
export async function signedInput<Input extends object>(
  mutation: SteeringMutation,
  input: Input,
  seen: SeenHere,
  saidAtMs: number,
  voucher: Voucher | null = null,
): Promise<(Input & { proof: string }) | null> {
  const key = await readDeviceKey()
  if (!key) return null
  const counter = await drawCounter(Date.now())
  const said = { mutation, seen, hostId: seen.hostId, counter, madeAtMs: saidAtMs, voucher }
  // Parse edge: an input was written for the mutation of its name.
  const proof = await proofFor(
    { deviceId: key.id, sign: key.sign },
    { ...said, input: input as Input & SteeringFields },
  )
  return { ...input, proof }
}

export const noKeyProblem = {
  code: 'SIGNATURE_REQUIRED',
  message: 'This device has lost the key it signs with. Forget this pairing and pair it again.',
}
