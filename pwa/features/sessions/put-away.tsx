// Archiving with one finger, and the way back from it: what was put away last is said at the foot of the list until something else is done.
import { type ReactNode, useState } from 'react'
import { useConnection } from '../../graphql/connection-context.tsx'
import { IconButton, TextLink } from '../../ui/button.tsx'
import type { Placed } from './grouping.ts'
import { archiveSession } from './session-deeds.ts'
import type { RowHandling } from './session-list.tsx'

/** `archived`: the archive is on the screen, and a finger takes out of it. */
export function usePutAway(archived: boolean): { swipe: RowHandling['swipe']; bar: ReactNode } {
  const connection = useConnection()
  const [last, setLast] = useState<{ id: string; words: string; back: boolean } | null>(null)

  const act = async ({ session: { id, title } }: Placed) => {
    const problem = await archiveSession(connection, id, !archived)
    const words = archived ? `${title} is out of the archive.` : `${title} is in the archive.`
    setLast({ id, words: problem ?? words, back: problem === null })
  }
  const takeBack = async (id: string) => {
    const problem = await archiveSession(connection, id, archived)
    setLast(problem === null ? null : { id, words: problem, back: true })
  }
  return {
    swipe: { label: archived ? 'Take out' : 'Archive', onAct: act },
    bar: last && (
      <div className="put-away">
        <p role="status">{last.words}</p>
        {last.back && <TextLink onClick={() => void takeBack(last.id)}>Undo</TextLink>}
        <IconButton icon="cross" label="Dismiss" onClick={() => setLast(null)} />
      </div>
    ),
  }
}
