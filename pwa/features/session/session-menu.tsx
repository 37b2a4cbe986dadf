// What can be done with a session as a whole: rename, archive, copy its address, stop, delete. The last two ask once.
import { useState } from 'react'
import { useConnection } from '../../graphql/connection-context.tsx'
import { IconButton } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Menu, type MenuItem } from '../../ui/menu.tsx'
import { reaches } from '../devices/rung-words.ts'
import { archiveSession, deleteSession } from '../sessions/session-deeds.ts'
import type { SessionRow } from '../sessions/session-row.ts'
import { RenameSheet } from './rename-sheet.tsx'

export function SessionMenu(props: {
  session: SessionRow
  /** Null where it cannot be stopped from here (the list, an ended session). */
  onStop: (() => void) | null
  /** Where its transcript is on the screen. */
  onSearch?: () => void
  onDeleted?: () => void
}) {
  const { session, onStop } = props
  const connection = useConnection()
  const [sheet, setSheet] = useState<'rename' | 'stop' | 'delete' | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const archived = session.archivedAt !== null
  const close = () => {
    setSheet(null)
    setProblem(null)
  }
  const address = `${window.location.origin}/s/${session.id}`
  const { onSearch } = props
  const items: MenuItem[] = [
    ...(onSearch ? [{ id: 'search', label: 'Search', icon: 'search' as const, onSelect: onSearch }] : []),
    { id: 'rename', label: 'Rename', icon: 'pencil', onSelect: () => setSheet('rename') },
    {
      id: 'archive',
      label: archived ? 'Take out of the archive' : 'Archive',
      icon: 'archive',
      onSelect: () => void archiveSession(connection, session.id, !archived).then(setProblem),
    },
    {
      id: 'copy',
      label: 'Copy address',
      icon: 'copy',
      onSelect: () => void navigator.clipboard?.writeText(address).catch(() => setProblem(address)),
    },
    ...(onStop === null
      ? []
      : [
          {
            id: 'stop',
            label: 'Stop the session',
            ...(reaches(session.allowed.rung, 'STEER') ? {} : { detail: 'This device may not' }),
            icon: 'stop' as const,
            destructive: true,
            disabled: !reaches(session.allowed.rung, 'STEER'),
            onSelect: () => setSheet('stop'),
          },
        ]),
    { id: 'delete', label: 'Delete', icon: 'trash', destructive: true, onSelect: () => setSheet('delete') },
  ]
  return (
    <>
      <Menu
        label={`Session ${session.title}`}
        items={items}
        trigger={(t) => <IconButton icon="more" label={`More for ${session.title}`} ref={t.ref} onClick={t.onClick} />}
      />
      {sheet === 'rename' && <RenameSheet session={session} open onClose={close} />}
      <ConfirmDialog
        open={sheet === 'stop'}
        title={`Stop ${session.title}?`}
        confirm="Stop the session"
        destructive
        onConfirm={() => {
          close()
          onStop?.()
        }}
        onClose={close}
      >
        The agent on {session.host.name} is ended, with what it started. The transcript stays here.
      </ConfirmDialog>
      <ConfirmDialog
        open={sheet === 'delete'}
        title={`Delete ${session.title}?`}
        confirm="Delete"
        destructive
        onConfirm={() =>
          void deleteSession(connection, session.id).then((failed) => {
            if (failed !== null) return setProblem(failed)
            close()
            props.onDeleted?.()
          })
        }
        onClose={close}
      >
        {problem ?? 'Its transcript is removed from the server for good. Files on the workstation are not touched.'}
      </ConfirmDialog>
      <ConfirmDialog
        open={problem !== null && sheet === null}
        title="That did not work"
        confirm="Close"
        onConfirm={close}
        onClose={close}
      >
        {problem}
      </ConfirmDialog>
    </>
  )
}
