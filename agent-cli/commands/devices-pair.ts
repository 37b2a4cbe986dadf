/** `offdesk devices pair` and `confirm`: a pairing without a session's screen, and the key press from another process. */
import { pairingLink, spaced } from '../../protocol/pairing.ts'
import { AskViewer } from '../remote/host-operations.ts'
import { openPairing } from '../remote/open-pairing.ts'
import { type Pairing, watchPairing } from '../remote/pairing.ts'
import { openPairings } from '../remote/pairing-files.ts'
import type { Rung } from '../remote/roster.ts'
import { confirmed } from './ask.ts'
import { Mistake } from './mistake.ts'
import { HOW_TO_REACH } from './reach.ts'
import { say } from './say.ts'
import { type Desk, openDesk } from './server-desk.ts'

type At = { readonly server: string | undefined }

/** Shows QR and code, then asks for the key press. Resolves when the pairing is over. */
export async function pairDevice(rung: Rung, at: At): Promise<void> {
  const desk = await openDesk(at.server)
  const { call, identity, roster, places, server } = desk
  const file = await openPairing({ call, identity, hostDir: places.host, server, rung, sessionId: null })
  const { viewer } = await call(AskViewer, {})
  const base = viewer.server.publicUrl
  const { qrText } = await import('../terminal/qr.tsx')
  if (base) say(`${qrText(pairingLink(base, { code: file.code, secret: file.secret, hostId: identity.hostId }))}`)
  else
    say(
      `${HOW_TO_REACH} A browser on this machine can pair at ${pairingLink(server, { code: file.code, secret: file.secret, hostId: identity.hostId })}`,
    )
  say(`Code ${file.code.slice(0, 4)} ${file.code.slice(4)}, valid for 5 minutes, works once.`)
  const pairing = watchPairing({ file, hostDir: places.host, identity, roster, call })
  await finish(pairing, undefined)
}

/** Confirms the pairing that waits on this machine. `code` is what the device shows; without it the person is asked. */
export async function confirmPairing(code: string | undefined, at: At): Promise<void> {
  const desk = await openDesk(at.server)
  const waiting = (await openPairings(desk.places.host)).filter(
    (file) => file.purpose === 'PAIR_DEVICE' && file.server === desk.server,
  )
  const file = waiting.findLast((one) => one.joiner !== null) ?? waiting.at(-1)
  if (!file)
    throw new Mistake(
      'No pairing waits on this machine. Open one first: Ctrl+E in a session, or “offdesk devices pair”.',
    )
  if (file.joiner === null) say('No device has typed the code yet. Waiting for one; Ctrl+C ends this.')
  await finish(watch(desk, file), code)
}

const watch = ({ places, identity, roster, call }: Desk, file: Parameters<typeof watchPairing>[0]['file']): Pairing =>
  watchPairing({ file, hostDir: places.host, identity, roster, call })

async function finish(pairing: Pairing, given: string | undefined): Promise<void> {
  try {
    const { state, joinerName, matchCode, reason } = await settledOrAsking(pairing)
    if (state !== 'REVEALED' || !matchCode)
      throw new Mistake(
        state === 'CONFIRMED'
          ? 'It is confirmed already.'
          : `The pairing is over: ${reason ?? state.toLowerCase()}. Start again on the device.`,
      )
    const isSame =
      given === undefined
        ? await confirmed(`“${joinerName}” shows ${spaced(matchCode)}?`)
        : given.replaceAll(/[\s-]/g, '').toUpperCase() === matchCode
    if (!isSame) {
      await pairing.refuse()
      throw new Mistake(
        given === undefined
          ? 'Refused; nothing was let in.'
          : `That is not the code this machine shows (${spaced(matchCode)}). The pairing was refused; start again on the device.`,
      )
    }
    await pairing.confirm()
    say(`Paired: ${joinerName}.`)
  } finally {
    await pairing.close()
  }
}

function settledOrAsking(pairing: Pairing): Promise<ReturnType<Pairing['progress']>> {
  return new Promise((resolve) => {
    const look = () => {
      const progress = pairing.progress()
      if (!['OPEN', 'CLAIMED', 'JOINED'].includes(progress.state)) resolve(progress)
    }
    pairing.subscribe(look)
    look()
  })
}
