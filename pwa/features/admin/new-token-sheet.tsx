// A new admin's token: a name, a place, what it may do, until when. Shown once (F6).
import { useState } from 'react'
import { At } from '../../ui/age.tsx'
import { Answers, Button } from '../../ui/button.tsx'
import { ChoiceRow, Segmented } from '../../ui/choice.tsx'
import { Field } from '../../ui/field.tsx'
import { Note } from '../../ui/note.tsx'
import { Sheet, SheetPart, SheetTitle } from '../../ui/sheet.tsx'
import { ShownOnce } from '../../ui/shown-once.tsx'
import { type AdminScope, allScopes, scopeTitle } from './scope-words.ts'
import { CreateAdminTokenDocument } from './tokens.ts'
import { askAsAdmin, problemWords } from './use-admin.ts'

const lives = [
  { value: '7', label: '7 days' },
  { value: '30', label: '30' },
  { value: '90', label: '90' },
  { value: '365', label: '1 year' },
] as const
type Days = (typeof lives)[number]['value']

export function NewTokenSheet(props: {
  /** Where it may count: id (null is the server) and name. The first one is offered. */
  places: readonly { id: string | null; name: string }[]
  /** What the token that makes it has itself: it gives no more. */
  own: readonly AdminScope[]
  onMade: () => void
  onClose: () => void
}) {
  const [name, setName] = useState('')
  const [place, setPlace] = useState(props.places[0]?.id ?? null)
  const [scopes, setScopes] = useState<readonly AdminScope[]>(['READ'])
  const [days, setDays] = useState<Days>('30')
  const [made, setMade] = useState<{ token: string; name: string; expiresAt: string } | null>(null)
  const [busy, setBusy] = useState(false)
  const [said, setSaid] = useState<string | null>(null)
  const make = async () => {
    setBusy(true)
    const input = { name: name.trim(), scopeId: place, scopes: [...scopes], days: Number(days) }
    const answer = await askAsAdmin(CreateAdminTokenDocument, { input })
    setBusy(false)
    if ('problem' in answer) return setSaid(problemWords(answer.problem))
    const { token, adminToken } = answer.data.createAdminToken
    setMade({ token, name: adminToken.name, expiresAt: adminToken.expiresAt })
    props.onMade()
  }
  if (made)
    return (
      <Sheet
        open
        onClose={props.onClose}
        label="The new token"
        guardKey="made"
        footer={
          <Button tall block onClick={props.onClose}>
            I have it
          </Button>
        }
      >
        <SheetTitle
          title={`${made.name} is made`}
          who={
            <>
              It is shown this once. Good until <At at={made.expiresAt} />.
            </>
          }
        />
        <SheetPart>
          <ShownOnce label="The new token" value={made.token} />
        </SheetPart>
      </Sheet>
    )
  return (
    <Sheet
      open
      onClose={props.onClose}
      label="New token"
      guardKey="asks"
      footer={
        <Answers>
          <Button kind="quiet" tall onClick={props.onClose}>
            Cancel
          </Button>
          <Button
            tall
            wide
            disabled={name.trim() === '' || scopes.length === 0}
            waiting={busy}
            onClick={() => void make()}
          >
            {busy ? 'Asking the server' : 'Make it'}
          </Button>
        </Answers>
      }
    >
      <SheetTitle title="New token" who="One for each script, with no more than it needs." />
      <SheetPart>
        <div className="admin-fields">
          <Field
            label="Name"
            placeholder="nightly audit"
            autoComplete="off"
            maxLength={64}
            value={name}
            onChange={setName}
            {...(said === null ? {} : { error: said })}
          />
          {props.places.length > 1 && (
            <label className="field">
              <span className="field-label">Counts for</span>
              <select
                className="admin-select"
                value={place ?? ''}
                onChange={(event) => setPlace(event.target.value === '' ? null : event.target.value)}
              >
                {props.places.map((one) => (
                  <option key={one.id ?? ''} value={one.id ?? ''}>
                    {one.name}
                  </option>
                ))}
              </select>
            </label>
          )}
          <div className="field">
            <span className="field-label">Until</span>
            <Segmented bar label="Until" options={lives} value={days} onChange={setDays} />
          </div>
        </div>
      </SheetPart>
      <fieldset className="admin-scopes">
        <legend className="field-label">It may</legend>
        {allScopes
          .filter((scope) => props.own.includes(scope))
          .map((scope) => (
            <ChoiceRow
              key={scope}
              ruled
              kind="checkbox"
              name="scopes"
              value={scope}
              checked={scopes.includes(scope)}
              onChange={(on) => setScopes(allScopes.filter((one) => (one === scope ? on : scopes.includes(one))))}
              title={scopeTitle(scope)}
            />
          ))}
      </fieldset>
      <SheetPart>
        <Note icon="info">A token gives no more than it has itself.</Note>
      </SheetPart>
    </Sheet>
  )
}
