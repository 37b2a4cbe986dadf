// The locked app: why, and the way back in. Nothing of a session is behind it.
import { useState, useSyncExternalStore } from 'react'
import { lockMinutes } from '../../keys/app-lock.ts'
import { useIdentityStore } from '../../keys/identity-context.tsx'
import { AppMark } from '../../ui/app-mark.tsx'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { deviceWord } from '../../ui/device-word.ts'
import type { Lock } from './lock.ts'
import { minutesWords } from './lock-words.ts'
import { type Verified, verifyPerson } from './verify-person.ts'

const outcomes: Record<Exclude<Verified, 'verified'>, string> = {
  cancelled: 'It was not confirmed that this is you. Try again.',
  'not-verified':
    'A passkey answered, but not who held it. Use one that asks for a fingerprint, a face or a PIN, or pair anew.',
  impossible: 'This browser cannot use the passkey here.',
}

export function Locked({ lock }: { lock: Lock }) {
  const { record } = useSyncExternalStore(lock.subscribe, lock.current)
  const store = useIdentityStore()
  const [busy, setBusy] = useState(false)
  const [said, setSaid] = useState<string | null>(null)
  const [asking, setAsking] = useState(false)
  const word = deviceWord()
  const minutes = lockMinutes(record)
  const canOpen = record.passkeyIds.length > 0
  const byPolicy = record.policyMinutes !== null && record.policyMinutes === minutes
  const open = async () => {
    setBusy(true)
    setSaid(null)
    const outcome = await verifyPerson(record.passkeyIds)
    setBusy(false)
    if (outcome === 'verified') await lock.unlock()
    else setSaid(outcomes[outcome])
  }
  return (
    <main className="app-message">
      <AppMark size={40} />
      <h1 className="type-sheet">Offdesk is locked</h1>
      <p>
        {minutes !== null && `It locks after ${minutesWords(minutes)} without a touch. `}
        {byPolicy && 'Your organisation asks for this lock. '}
        {canOpen
          ? 'The agents go on working. Show that it is you to go on here.'
          : `This ${word} has no passkey to show that it is you, so only a workstation can let it in again.`}
      </p>
      {said !== null && <p role="alert">{said}</p>}
      {canOpen && (
        <Button tall block icon="key" waiting={busy} onClick={() => void open()}>
          {busy ? 'Waiting for your passkey' : 'Unlock'}
        </Button>
      )}
      <Button tall block kind="quiet" onClick={() => setAsking(true)}>
        Pair this {word} anew
      </Button>
      <ConfirmDialog
        open={asking}
        title={`Pair this ${word} anew?`}
        confirm="Remove and pair anew"
        destructive
        onClose={() => setAsking(false)}
        onConfirm={() => void store.forget()}
      >
        Its key, its passkey’s place and everything kept here are removed, also what was not sent yet. A workstation’s
        terminal lets it in again.
      </ConfirmDialog>
    </main>
  )
}
