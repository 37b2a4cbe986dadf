// Escape cancels the turn on a desktop, after asking once; in a field or a sheet it means something else.
import { type ReactNode, useEffect, useState } from 'react'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { useCancelTurn } from '../steering/cancel-turn.tsx'

/** Nothing happens while `turn` is null. Returns the question, to be drawn. */
export function useEscapeCancels(turn: { turnId: string | null } | null, hostName: string): ReactNode {
  const [asking, setAsking] = useState(false)
  const { cancel, words } = useCancelTurn(turn?.turnId ?? null, hostName)
  const possible = turn !== null && words === null
  // A question whose turn is over is not asked of the next one.
  if (asking && !possible) setAsking(false)
  useEffect(() => {
    if (!possible) return
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented) return
      if (document.querySelector('dialog[open], [popover]:popover-open')) return
      // Else the same press, still on its way, may close the question that it opens.
      event.preventDefault()
      setAsking(true)
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [possible])
  return (
    <ConfirmDialog
      open={asking}
      title="Cancel this turn?"
      confirm="Cancel turn"
      cancel="Go on"
      destructive
      onConfirm={() => {
        setAsking(false)
        cancel()
      }}
      onClose={() => setAsking(false)}
    >
      What runs is stopped. What was changed stays.
    </ConfirmDialog>
  )
}
