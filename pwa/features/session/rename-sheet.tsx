// Gives a session a name, or takes it away so that the title is derived again. A fact of the server: no host is needed (C7).
import { useState } from 'react'
import { useConnection } from '../../graphql/connection-context.tsx'
import { problemOfResult } from '../../graphql/problem.ts'
import { Answers, Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { Sheet, SheetPart } from '../../ui/sheet.tsx'
import { liveSessionsOf } from '../sessions/live-sessions.ts'
import { RenameSessionDocument, type SessionRow } from '../sessions/session-row.ts'

const NAME_CHARS = 120

export function RenameSheet(props: {
  session: Pick<SessionRow, 'id' | 'name' | 'title'>
  open: boolean
  onClose: () => void
}) {
  const connection = useConnection()
  const [name, setName] = useState(props.session.name ?? '')
  const [error, setError] = useState<string>()
  const [saving, setSaving] = useState(false)
  const save = async () => {
    setSaving(true)
    const variables = { id: props.session.id, name: name.trim() === '' ? null : name.trim() }
    const result = await connection.urql.mutation(RenameSessionDocument, variables).toPromise()
    setSaving(false)
    const problem = problemOfResult(result)
    if (problem) return setError(problem.message)
    if (result.data) liveSessionsOf(connection).put(result.data.renameSession)
    props.onClose()
  }
  return (
    <Sheet
      open={props.open}
      onClose={props.onClose}
      label="Rename the session"
      inertMs={0}
      footer={
        <Answers>
          <Button kind="quiet" tall onClick={props.onClose}>
            Cancel
          </Button>
          <Button tall waiting={saving} onClick={() => void save()}>
            {saving ? 'Saving' : 'Rename'}
          </Button>
        </Answers>
      }
    >
      <SheetPart>
        <h2 className="type-sheet">Rename the session</h2>
        <form
          className="session-form"
          onSubmit={(event) => {
            event.preventDefault()
            void save()
          }}
        >
          <Field
            label="Name"
            value={name}
            onChange={setName}
            maxLength={NAME_CHARS}
            placeholder={props.session.title}
            hint="Leave it empty, and its last prompt is its title."
            {...(error === undefined ? {} : { error })}
          />
        </form>
      </SheetPart>
    </Sheet>
  )
}
