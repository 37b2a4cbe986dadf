// Before a policy is applied: what is wrong with it, or who and which running sessions would change. Then apply, from the version that was read.
import { useEffect, useState } from 'react'
import type { Problem } from '../../graphql/problem.ts'
import { Answers, Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { Note } from '../../ui/note.tsx'
import { Row } from '../../ui/row.tsx'
import { Sheet, SheetPart, SheetTitle } from '../../ui/sheet.tsx'
import { type PolicyDocumentInput, type Trial, TryPolicyDocument, ValidatePolicyDocument } from './documents.ts'
import { tidied } from './setting-editor.tsx'
import { sessionsWords, trialLines } from './trial-words.ts'
import { askAsAdmin, problemWords } from './use-admin.ts'

type Outcome = { kind: 'trying' } | { kind: 'wrong'; problems: readonly string[] } | { kind: 'tried'; trial: Trial }

async function tried(scopeId: string, given: PolicyDocumentInput): Promise<Outcome> {
  const document = tidied(given)
  const checked = await askAsAdmin(ValidatePolicyDocument, { scopeId, document })
  if ('problem' in checked) return { kind: 'wrong', problems: [problemWords(checked.problem)] }
  if (checked.data.validatePolicy.length > 0) return { kind: 'wrong', problems: checked.data.validatePolicy }
  const trial = await askAsAdmin(TryPolicyDocument, { scopeId, document })
  if ('problem' in trial) return { kind: 'wrong', problems: [problemWords(trial.problem)] }
  return { kind: 'tried', trial: trial.data.dryRunPolicy }
}

export function TrialSheet(props: {
  scopeId: string
  title: string
  /** The verb on the button. */
  verb: string
  document: PolicyDocumentInput
  nameOf: (ownerId: string) => string
  /** Resolves with null when it is in force. */
  onApply: (note: string) => Promise<Problem | null>
  onClose: () => void
  withNote?: boolean
}) {
  const [outcome, setOutcome] = useState<Outcome>({ kind: 'trying' })
  const [note, setNote] = useState('')
  const [said, setSaid] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const { scopeId, document } = props
  const asked = JSON.stringify(document)
  useEffect(() => {
    let gone = false
    void tried(scopeId, JSON.parse(asked) as PolicyDocumentInput).then((found) => !gone && setOutcome(found))
    return () => {
      gone = true
    }
  }, [scopeId, asked])
  const apply = async () => {
    setBusy(true)
    const problem = await props.onApply(note)
    setBusy(false)
    if (problem === null) return props.onClose()
    setSaid(
      problem.code === 'VERSION_CONFLICT'
        ? 'Somebody else has applied a version since you opened this. It has been read now, and your changes are laid over it: look at what would change and apply again.'
        : problemWords(problem),
    )
    setOutcome({ kind: 'trying' })
    setOutcome(await tried(scopeId, JSON.parse(asked) as PolicyDocumentInput))
  }
  const lines = outcome.kind === 'tried' ? trialLines(outcome.trial, props.nameOf) : []
  return (
    <Sheet
      open
      onClose={props.onClose}
      label={props.title}
      guardKey={outcome.kind}
      footer={
        <Answers>
          <Button kind="quiet" tall onClick={props.onClose}>
            Back
          </Button>
          <Button tall disabled={outcome.kind !== 'tried'} waiting={busy} onClick={() => void apply()}>
            {busy ? 'Applying' : props.verb}
          </Button>
        </Answers>
      }
    >
      <SheetTitle
        title={props.title}
        who={
          outcome.kind === 'trying'
            ? 'Trying it. Nothing is changed.'
            : outcome.kind === 'wrong'
              ? 'It cannot be applied.'
              : sessionsWords(outcome.trial)
        }
      />
      {said !== null && (
        <SheetPart>
          <div role="alert">
            <Note icon="info" boxed>
              {said}
            </Note>
          </div>
        </SheetPart>
      )}
      {outcome.kind === 'wrong' && outcome.problems.map((problem) => <Row key={problem} sheet wrap title={problem} />)}
      {lines.map((line) => (
        <Row
          key={line.key}
          sheet
          wrap
          title={line.title}
          detail={
            <>
              {line.change}
              <br />
              {line.who}
            </>
          }
        />
      ))}
      {outcome.kind === 'tried' && lines.length === 0 && <Row sheet wrap title="Nothing changes for anybody." />}
      {outcome.kind === 'tried' && props.withNote && (
        <SheetPart>
          <Field label="Why (kept in the history)" value={note} onChange={setNote} maxLength={500} />
        </SheetPart>
      )}
    </Sheet>
  )
}
