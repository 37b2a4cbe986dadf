// Select mode's bar: how many are chosen, archive or delete them, done. Deleting asks once and says how many it did.
import { useState } from 'react'
import { useConnection } from '../../graphql/connection-context.tsx'
import { Answers, Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { archiveSession, deleteSession } from './session-deeds.ts'

export function BulkBar(props: { ids: readonly string[]; archived: boolean; onDone: () => void }) {
  const connection = useConnection()
  const [asking, setAsking] = useState(false)
  const [said, setSaid] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const { ids } = props
  const each = async (deed: (id: string) => Promise<string | null>, verb: string) => {
    setBusy(true)
    const answers: (string | null)[] = []
    // One after another: the first failure is told, the others are still tried.
    for (const id of ids) answers.push(await deed(id))
    setBusy(false)
    const failed = answers.filter((answer) => answer !== null)
    if (failed.length === 0) return props.onDone()
    setSaid(`${ids.length - failed.length} of ${ids.length} ${verb}. ${failed[0]}`)
  }
  const count = ids.length === 1 ? '1 session' : `${ids.length} sessions`
  return (
    <div className="bulk-bar">
      <p role="status">{said ?? (busy ? 'Working on it' : ids.length === 0 ? 'Choose sessions' : count)}</p>
      <Answers>
        <Button
          kind="quiet"
          disabled={ids.length === 0 || busy}
          onClick={() =>
            void each(
              (id) => archiveSession(connection, id, !props.archived),
              props.archived ? 'taken out' : 'archived',
            )
          }
        >
          {props.archived ? 'Take out' : 'Archive'}
        </Button>
        <Button kind="destructive" disabled={ids.length === 0 || busy} onClick={() => setAsking(true)}>
          Delete
        </Button>
        <Button onClick={props.onDone}>Done</Button>
      </Answers>
      <ConfirmDialog
        open={asking}
        title={`Delete ${count}?`}
        confirm={`Delete ${count}`}
        destructive
        onClose={() => setAsking(false)}
        onConfirm={() => {
          setAsking(false)
          void each((id) => deleteSession(connection, id), 'deleted')
        }}
      >
        Their transcripts are removed from the server for good. Files on the workstations are not touched.
      </ConfirmDialog>
    </div>
  )
}
