// From no passkey to one that counts on a workstation: made here, then a key press at that terminal, with the same code on both sides.
import '../pairing/pairing.css'
import './passkeys.css'
import { useEffect, useState } from 'react'
import { spaced } from '../../../protocol/pairing.ts'
import type { Problem } from '../../graphql/problem.ts'
import { useIdentity } from '../../keys/identity-context.tsx'
import { passkeysArePossible } from '../../keys/passkeys.ts'
import { Button } from '../../ui/button.tsx'
import { deviceWord } from '../../ui/device-word.ts'
import { Icon } from '../../ui/icon.tsx'
import { Note } from '../../ui/note.tsx'
import { type Passkeys, usePinState } from './passkeys.ts'

const words = (problem: Problem): string => (problem.remedy ? `${problem.message} ${problem.remedy}` : problem.message)

export function Said({ children }: { children: string | null }) {
  if (children === null) return null
  return (
    <div role="alert">
      <Note icon="info" boxed>
        {children}
      </Note>
    </div>
  )
}

export function MakePasskey({ passkeys, onMade }: { passkeys: Passkeys; onMade?: () => void }) {
  const identity = useIdentity()
  const [busy, setBusy] = useState(false)
  const [said, setSaid] = useState<string | null>(null)
  if (!passkeysArePossible())
    return (
      <Note icon="info" boxed>
        This address cannot hold a passkey. Open Offdesk by its https address, in a browser with a screen lock.
      </Note>
    )
  const make = async () => {
    setBusy(true)
    setSaid(null)
    const name = identity.kind === 'paired' ? identity.identity.deviceName : `This ${deviceWord()}`
    const problem = await passkeys.make(name)
    setBusy(false)
    if (problem) setSaid(words(problem))
    else onMade?.()
  }
  return (
    <>
      <Said>{said}</Said>
      <Button tall block icon="key" waiting={busy} onClick={() => void make()}>
        {busy ? 'Waiting for you' : 'Make a passkey'}
      </Button>
    </>
  )
}

/** Asks the workstation, shows the code, and waits for the key press. */
export function PinPasskey(props: { passkeys: Passkeys; host: { id: string; name: string }; onPinned: () => void }) {
  const { passkeys, host, onPinned } = props
  const [asked, setAsked] = useState<{ code: string; commandId: string } | null>(null)
  const [busy, setBusy] = useState(false)
  const [said, setSaid] = useState<string | null>(null)
  const pin = usePinState(asked?.commandId ?? null)
  const { reload } = passkeys
  useEffect(() => {
    if (pin === null || pin.state === 'QUEUED' || pin.state === 'DELIVERED') return
    setAsked(null)
    if (pin.state === 'APPLIED') {
      reload()
      onPinned()
    } else setSaid(pin.message ?? `Nobody pressed y on ${host.name} in time.`)
  }, [pin, host.name, reload, onPinned])
  const ask = async () => {
    setBusy(true)
    setSaid(null)
    const answer = await passkeys.pin(host.id)
    setBusy(false)
    if ('problem' in answer) setSaid(words(answer.problem))
    else setAsked(answer)
  }
  if (asked)
    return (
      <div className="enrol">
        <p>
          At the terminal of {host.name}, run <code>offdesk devices pin</code> and press <strong>y</strong> if it shows
          the same code.
        </p>
        <p className="pair-match type-match" role="img" aria-label={`Match code ${[...asked.code].join(' ')}`}>
          {spaced(asked.code)}
        </p>
        <p className="pair-waiting" role="status">
          <Icon name="working" size={18} />
          <span>Waiting for the key press on {host.name}</span>
        </p>
      </div>
    )
  return (
    <>
      <Said>{said}</Said>
      <Button tall block waiting={busy} onClick={() => void ask()}>
        {busy ? `Asking ${host.name}` : `Let it count on ${host.name}`}
      </Button>
    </>
  )
}
