/** A session without a terminal: says the address and a pairing code, says when someone asks to be paired, and goes on until it is ended. */

import { spaced } from '../../protocol/pairing.ts'
import type { BridgeSession, OpenPairing } from '../bridge/contract.ts'
import { say } from './say.ts'

/** Resolves when the signal comes or the session has ended. */
export async function unattended(session: BridgeSession, signal: AbortSignal): Promise<void> {
  let saidAddress = false
  let saidRefusal: string | null = null
  let pairing: OpenPairing | null = null
  let isOpening = false
  const look = () => {
    const { remote } = session.view()
    if (remote.state === 'refused' && remote.reason !== saidRefusal) {
      saidRefusal = remote.reason
      say(`Remote refused: ${remote.reason ?? 'no reason given'}`)
    }
    if (remote.state !== 'live') return
    if (!saidAddress && remote.address) {
      saidAddress = true
      say(`Session: ${remote.address}`)
    }
    if (pairing === null && !isOpening && remote.devices.length === 0) void open()
  }
  const open = async () => {
    isOpening = true
    try {
      const opened = await session.remote.openPairing()
      pairing = opened
      announce(opened)
      opened.subscribe(() => {
        if (!follow(opened)) return
        opened.close()
        pairing = null
        look()
      })
    } catch (error) {
      say(`No pairing code could be had: ${error instanceof Error ? error.message : String(error)}`)
    } finally {
      isOpening = false
    }
  }
  const stop = session.subscribe(look)
  look()
  await ended(session, signal)
  stop()
  ;(pairing as OpenPairing | null)?.close()
}

function announce(pairing: OpenPairing): void {
  if (pairing.link) say(`Pair a phone: ${pairing.link}`)
  else say(`Pair a browser on this machine: ${pairing.localLink}\n${pairing.linkHelp ?? ''}`)
  say(`Or type this code on it: ${pairing.code.slice(0, 4)} ${pairing.code.slice(4)} (valid for 5 minutes, works once)`)
}

/** Says what has changed; true when this pairing is over. */
function follow(pairing: OpenPairing): boolean {
  const view = pairing.view()
  if (view.state === 'REVEALED')
    say(
      `“${view.joinerName}” shows ${spaced(view.matchCode ?? '')}? If it does: offdesk devices confirm ${view.matchCode}`,
    )
  if (view.state === 'CONFIRMED') say(`Paired: ${view.joinerName}.`)
  if (view.state === 'FAILED') say(`Pairing ended: ${view.reason}`)
  if (view.state === 'REFUSED') say('Pairing refused.')
  return ['CONFIRMED', 'REFUSED', 'EXPIRED', 'FAILED'].includes(view.state)
}

function ended(session: BridgeSession, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const check = () => (signal.aborted || session.view().state === 'ENDED') && resolve()
    signal.addEventListener('abort', check, { once: true })
    session.subscribe(check)
    check()
  })
}
