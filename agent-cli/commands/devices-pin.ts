/** `offdesk devices pin`: the key press with which a device's passkey comes to count on this machine (T4). */
import { normaliseCode, spaced } from '../../protocol/pairing.ts'
import { type WaitingPin, waitingPins } from '../remote/waiting-pins.ts'
import { confirmed } from './ask.ts'
import { Mistake } from './mistake.ts'
import { say } from './say.ts'
import { openDesk } from './server-desk.ts'

/** Pins what waits. `code` is what the device shows; without it the person is asked for each. */
export async function pinPasskeys(
  code: string | undefined,
  at: { readonly server: string | undefined },
): Promise<void> {
  const waiting = await waitingPins(await openDesk(at.server))
  if (waiting.length === 0)
    throw new Mistake('No passkey waits to be pinned here. Make one on the device first: Settings, This device.')
  if (code === undefined) {
    for (const one of waiting) {
      if (await isSame(one)) await pin(one)
      else await one.refuse().then(() => say('Refused; nothing was pinned.'))
    }
    return
  }
  const meant = waiting.find(({ asked }) => asked.code === normaliseCode(code))
  if (meant) return pin(meant)
  const shown = waiting.map(({ asked }) => `${asked.device.name} ${spaced(asked.code)}`).join(', ')
  throw new Mistake(`No passkey with that code waits here. The device shows its code; what waits: ${shown}.`)
}

const isSame = ({ asked: { device, passkey, code } }: WaitingPin) =>
  confirmed(`“${device.name}” asks to pin its passkey “${passkey.name}” and shows ${spaced(code)}?`)

async function pin(one: WaitingPin): Promise<void> {
  const refusal = await one.confirm()
  if (refusal) throw new Mistake(refusal.message)
  say(`Pinned: “${one.asked.passkey.name}” vouches for ${one.asked.device.name} on this machine.`)
}
