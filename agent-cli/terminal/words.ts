/** The terminal's sentences about state, in the product's voice: who, where, when. Pure. */
import type { Origin, RemoteView, SessionView, Settlement } from '../bridge/view.ts'

/** `38 s`, `4 min`, `2 h`, `3 d`. */
export function age(sinceIso: string, now: number): string {
  const seconds = Math.max(0, Math.floor((now - Date.parse(sinceIso)) / 1000))
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} d`
}

/** `14:02` in local time. */
export function clock(iso: string): string {
  const at = new Date(iso)
  return `${String(at.getHours()).padStart(2, '0')}:${String(at.getMinutes()).padStart(2, '0')}`
}

export function where(origin: Origin): string {
  if (origin.surface === 'DEVICE') return `on ${origin.deviceName ?? 'a paired device'}`
  if (origin.surface === 'TERMINAL') return 'at the terminal'
  return origin.surface === 'AGENT' ? 'by the agent' : 'by Offdesk'
}

/** `Answered on Pixel 8 14:02: Allow once`. */
export function settled(settlement: Settlement): string {
  const how = settlement.optionName ?? settlement.answer
  if (settlement.outcome === 'ANSWERED')
    return `Answered ${where(settlement.origin)} ${clock(settlement.at)}${how ? `: ${how}` : ''}`
  const verb = settlement.outcome === 'CANCELLED' ? 'Cancelled' : 'Withdrawn'
  return `${verb} ${where(settlement.origin)} ${clock(settlement.at)}${settlement.reason ? `: ${settlement.reason}` : ''}`
}

export function remoteInWords(remote: RemoteView, now: number): string {
  switch (remote.state) {
    case 'off':
      return 'Remote off'
    case 'connecting':
      return 'Remote connecting'
    case 'live':
      return 'Remote live'
    case 'reconnecting':
      return `Remote reconnecting ${remote.since ? age(remote.since, now) : ''}`.trimEnd()
    case 'offline':
      return `Server away since ${remote.since ? clock(remote.since) : 'a while'}; everything is kept`
    case 'refused':
      return `Remote refused: ${remote.reason ?? 'no reason given'}`
  }
}

/** What `/remote` alone answers (A1): the state, the address, who may attach. */
export function remoteReport(view: SessionView, now: number): string[] {
  const { remote } = view
  if (remote.state === 'off') return ['Remote is off. Nothing leaves this machine. /remote on turns it on.']
  const lines = [`${remoteInWords(remote, now)}.`]
  if (remote.address) lines.push(`Address: ${remote.address}`)
  lines.push(
    remote.devices.length === 0
      ? 'No device is paired yet. Ctrl+E shows the QR.'
      : `Paired: ${remote.devices.map((device) => `${device.name} (${device.rung.toLowerCase()})`).join(', ')}`,
  )
  if (remote.pendingEvents > 0) lines.push(`${remote.pendingEvents} events wait to be sent.`)
  if (remote.maskedSecrets > 0) lines.push(maskedInWords(remote.maskedSecrets))
  const pins = pinsInWords(remote)
  if (pins !== null) lines.push(`${pins}.`)
  lines.push(`Most a device may do here: ${remote.ceiling.toLowerCase()}.`)
  return lines
}

/** Null while none waits. */
export function pinsInWords({ pinsWaiting: [first, ...others] }: RemoteView): string | null {
  if (first === undefined) return null
  const who = others.length > 0 ? `${first} and ${others.length} more` : first
  return `A passkey of ${who} waits for your y: offdesk devices pin`
}

const maskedInWords = (count: number): string =>
  `${count === 1 ? '1 secret was' : `${count} secrets were`} masked in what devices see; this terminal shows them as they are.`

export function stateInWords(view: SessionView, now: number): string {
  if (view.turn?.isCancelling) return 'Cancelling'
  if (view.decisions.length > 0) return 'Waiting for you'
  switch (view.state) {
    case 'STARTING':
      return 'Starting'
    case 'WORKING':
      return `Working ${age(view.turn?.since ?? view.stateSince, now)}`
    case 'IDLE':
      return 'Idle'
    case 'STOPPED':
      return `Stopped${view.stateDetail ? ` · ${view.stateDetail}` : ''}`
    case 'ENDED':
      return 'Ended'
  }
}
