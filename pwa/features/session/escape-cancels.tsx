// Escape cancels the turn on a desktop, after asking once; in a field or a sheet it means something else.
import { type ReactNode, useEffect, useState } from 'react'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { useCancelTurn } from '../steering/cancel-turn.tsx'

/** Nothing happens while `turn` is null. Returns the question, to be drawn. */
export function useEscapeCancels(turn: { turnId: string | null } | null, hostName: string): ReactNode {
  const turnId = turn?.turnId ?? null
  /** The turn that is asked about; undefined while nothing is asked. */
  const [asked, setAsked] = useState<string | null>()
  const { cancel, words } = useCancelTurn(turnId, hostName)
  const possible = turn !== null && words === null
  // A question whose turn is over is not asked of the next one, which may have begun in the same moment.
  if (asked !== undefined && (!possible || asked !== turnId)) setAsked(undefined)
  useEffect(() => {
    if (!possible) return
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented) return
      if (document.querySelector('dialog[open], [popover]:popover-open')) return
      // Else the same press, still on its way, may close the question that it opens.
      event.preventDefault()
      setAsked(turnId)
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [possible, turnId])
  return (
    <ConfirmDialog
      open={asked !== undefined}
      title="Cancel this turn?"
      confirm="Cancel turn"
      cancel="Go on"
      destructive
      onConfirm={() => {
        setAsked(undefined)
        cancel()
      }}
      onClose={() => setAsked(undefined)}
    >
      What runs is stopped. What was changed stays.
    </ConfirmDialog>
  )
}
