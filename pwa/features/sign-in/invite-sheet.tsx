// An invitation: for whom, how long; said yes to with a passkey, and its link shown once.
import { useState } from 'react'
import { Answers, Button } from '../../ui/button.tsx'
import { Segmented } from '../../ui/choice.tsx'
import { Field } from '../../ui/field.tsx'
import { Note } from '../../ui/note.tsx'
import { Sheet, SheetPart, SheetTitle } from '../../ui/sheet.tsx'
import { InvitationLink, type InvitationMade } from './invitation-link.tsx'
import type { OwnSignIn } from './own-sign-in.ts'
import { signInFailure } from './sign-in-words.ts'

const lives = [
  { value: '24', label: '1 day' },
  { value: '72', label: '3 days' },
  { value: '168', label: '1 week' },
] as const
type Hours = (typeof lives)[number]['value']

export function InviteSheet({ own, onClose }: { own: OwnSignIn; onClose: () => void }) {
  const [name, setName] = useState('')
  const [hours, setHours] = useState<Hours>('72')
  const [busy, setBusy] = useState(false)
  const [said, setSaid] = useState<string | null>(null)
  const [made, setMade] = useState<InvitationMade | null>(null)
  const invite = async () => {
    setBusy(true)
    const answer = await own.invite({ name: name.trim(), hours: Number(hours) })
    setBusy(false)
    if ('value' in answer) return setMade(answer.value)
    const { title, detail } = signInFailure(answer.problem)
    setSaid(`${title}. ${detail}`)
  }
  if (made) return <InvitationLink made={made} onClose={onClose} />
  return (
    <Sheet
      open
      onClose={onClose}
      label="Invite somebody"
      guardKey="asks"
      footer={
        <Answers>
          <Button kind="quiet" tall onClick={onClose}>
            Cancel
          </Button>
          <Button tall wide icon="key" disabled={name.trim() === ''} waiting={busy} onClick={() => void invite()}>
            {busy ? 'Waiting for you' : 'Invite'}
          </Button>
        </Answers>
      }
    >
      <SheetTitle title="Invite somebody" who="They get sessions of their own. Nobody sees another’s." />
      <SheetPart>
        <div className="sign-in-way">
          <Field
            label="Their name"
            value={name}
            onChange={setName}
            maxLength={120}
            autoComplete="off"
            {...(said === null ? {} : { error: said })}
          />
          <div className="field">
            <span className="field-label">The link is good for</span>
            <Segmented bar label="The link is good for" options={lives} value={hours} onChange={setHours} />
          </div>
          <Note icon="key">Your passkey is asked for before the link is made.</Note>
        </div>
      </SheetPart>
    </Sheet>
  )
}
