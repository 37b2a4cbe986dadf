/** `offdesk devices admit`: the key press at a machine that is known, with which another one is let in where the device that asks has no passkey (T4). */
import { matchCode, normaliseCode, spaced } from '../../protocol/pairing.ts'
import { AdmitHost, RefusePairing, type WaitingEnrolment, WaitingEnrolments } from '../remote/pairing-operations.ts'
import { confirmed } from './ask.ts'
import { Mistake } from './mistake.ts'
import { say } from './say.ts'
import { type Desk, openDesk } from './server-desk.ts'

/** Lets in what waits. `code` is what the new machine shows; without it the person is asked for each. */
export async function admitMachines(
  code: string | undefined,
  at: { readonly server: string | undefined },
): Promise<void> {
  const desk = await openDesk(at.server)
  const { waitingEnrolments } = await desk.call(WaitingEnrolments, {})
  const waiting = await Promise.all(waitingEnrolments.map(async (row) => ({ row, code: await codeOf(row) })))
  if (waiting.length === 0)
    throw new Mistake('No workstation waits to be let in. Start on it: offdesk login, then type its code on a device.')
  if (code === undefined) {
    for (const one of waiting) {
      if (await confirmed(`${told(one.row)} It shows ${spaced(one.code)}?`)) await admit(desk, one.row)
      else await desk.call(RefusePairing, { id: one.row.id }).then(() => say('Refused; it was not let in.'))
    }
    return
  }
  const meant = waiting.find((one) => one.code === normaliseCode(code))
  if (meant) return admit(desk, meant.row)
  const shown = waiting.map(({ row, code }) => `${row.openerName} ${spaced(code)}`).join(', ')
  throw new Mistake(`No workstation with that code waits. It shows its code; what waits: ${shown}.`)
}

const told = ({ openerName, openerAddress, joinerName }: WaitingEnrolment) =>
  `“${openerName}” asks to be let in, from ${openerAddress ?? 'an unknown address'}, by “${joinerName ?? 'a device'}”.`

/** As the server has it: it decides about what the server lets in, and no machine comes to trust another by it. */
const codeOf = ({ openerPublicKey, openerNonce, joinerPublicKey, joinerNonce }: WaitingEnrolment): Promise<string> =>
  matchCode({
    ...{ purpose: 'ENROL_HOST', openerPublicKey, openerNonce: openerNonce ?? '' },
    ...{ joinerPublicKey: joinerPublicKey ?? '', joinerNonce: joinerNonce ?? '' },
  })

async function admit({ call, server }: Desk, { id, openerName }: WaitingEnrolment): Promise<void> {
  await call(AdmitHost, { id })
  say(`${openerName} is known to ${server} now.`)
}
