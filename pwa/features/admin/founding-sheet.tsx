// A sheet that makes an enterprise with its organisations, or further organisations of one, and says what exists if it breaks off.
import { useState } from 'react'
import { Answers, Button } from '../../ui/button.tsx'
import { ChoiceRow } from '../../ui/choice.tsx'
import { Field, TextArea } from '../../ui/field.tsx'
import { Sheet, SheetPart, SheetTitle } from '../../ui/sheet.tsx'
import { type FirstLevel, found, type Made, namesIn, nothingMade } from './founding.ts'
import { problemWords } from './use-admin.ts'

const levels: readonly { level: FirstLevel; title: string; detail: string }[] = [
  { level: 'UNCONFIGURED', title: 'Off', detail: 'Nothing remote until a policy says otherwise' },
  { level: 'VIEW', title: 'View only', detail: 'Sessions are seen, not steered' },
  { level: 'VIEW_AND_CONTROL', title: 'View and control', detail: 'As far as devices and terminals allow' },
]
const listed = (names: readonly string[]) => names.join(', ')

export function FoundingSheet(props: {
  /** `enterprise` asks for its name; else the organisations come under `under`, or stand alone. */
  what: { kind: 'enterprise' } | { kind: 'organisations'; under: { id: string; name: string } | null }
  /** Whether the token may apply policies. */
  mayGovern: boolean
  onDone: (said: string) => void
  onClose: () => void
}) {
  const { what, mayGovern } = props
  const [enterprise, setEnterprise] = useState('')
  const [text, setText] = useState('')
  const [level, setLevel] = useState<FirstLevel>('UNCONFIGURED')
  const [broken, setBroken] = useState<{ made: Made; said: string } | null>(null)
  const [busy, setBusy] = useState(false)
  const names = namesIn(text)
  const isEnterprise = what.kind === 'enterprise'
  const under = what.kind === 'organisations' ? what.under : null
  const complete = isEnterprise ? enterprise.trim() !== '' : names.length > 0

  const make = async () => {
    setBusy(true)
    const wish = {
      enterprise: isEnterprise ? enterprise.trim() : null,
      enterpriseId: under?.id ?? null,
      organisations: names,
      level,
    }
    const { made, problem } = await found(wish, broken?.made ?? nothingMade(wish))
    setBusy(false)
    const there = [
      ...(isEnterprise && made.enterpriseId !== null ? [enterprise.trim()] : []),
      ...made.organisations.map((one) => one.name),
    ]
    if (problem === null)
      return props.onDone(there.length === 1 ? `${listed(there)} is made.` : `${listed(there)} are made.`)
    const sofar = there.length === 0 ? 'Nothing is made.' : `${listed(there)}: made. The rest is not.`
    setBroken({ made, said: `${sofar} ${problemWords(problem)}` })
  }
  return (
    <Sheet
      open
      onClose={props.onClose}
      label={isEnterprise ? 'New enterprise' : 'New organisations'}
      footer={
        <Answers>
          <Button kind="quiet" tall onClick={props.onClose}>
            {broken && (broken.made.enterpriseId !== null || broken.made.organisations.length > 0) ? 'Close' : 'Cancel'}
          </Button>
          <Button tall wide disabled={!complete} waiting={busy} onClick={() => void make()}>
            {busy ? 'Making' : broken ? 'Go on' : 'Make'}
          </Button>
        </Answers>
      }
    >
      <SheetTitle
        title={isEnterprise ? 'New enterprise' : under ? `New organisations of ${under.name}` : 'New organisations'}
        who={
          isEnterprise
            ? 'What it enforces holds for each of its organisations.'
            : 'People belong to one. Its policy holds for them.'
        }
      />
      <SheetPart>
        <div className="admin-fields">
          {isEnterprise && (
            <Field
              label="Name of the enterprise"
              placeholder="Acme"
              autoComplete="off"
              maxLength={64}
              disabled={broken !== null && broken.made.enterpriseId !== null}
              value={enterprise}
              onChange={setEnterprise}
            />
          )}
          <TextArea
            label={isEnterprise ? 'Its organisations, one a line' : 'Names, one a line'}
            placeholder={'Payments\nPlatform'}
            rows={2}
            maxRows={6}
            value={text}
            onChange={setText}
          />
        </div>
      </SheetPart>
      {mayGovern && names.length > 0 && (
        <fieldset className="admin-scopes">
          <legend className="field-label">Remote control, to begin with</legend>
          {levels.map((one) => (
            <ChoiceRow
              key={one.level}
              ruled
              kind="radio"
              name="level"
              value={one.level}
              checked={level === one.level}
              onChange={() => setLevel(one.level)}
              title={one.title}
              detail={one.detail}
            />
          ))}
        </fieldset>
      )}
      {broken && (
        <SheetPart>
          <p className="admin-broken" role="alert">
            {broken.said}
          </p>
        </SheetPart>
      )}
    </Sheet>
  )
}
