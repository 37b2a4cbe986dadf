// Asks once before something that cannot be taken back. The safe answer stands left and is where Escape leads.
import type { ReactNode } from 'react'
import { Answers, Button } from './button.tsx'
import { Sheet, SheetPart } from './sheet.tsx'

/** A title as a question, what it means, and the verb on the button. `onConfirm` does not close it: the owner does. */
export function ConfirmDialog(props: {
  open: boolean
  title: string
  children?: ReactNode | undefined
  confirm: string
  cancel?: string | undefined
  destructive?: boolean | undefined
  onConfirm: () => void
  onClose: () => void
}) {
  return (
    <Sheet
      open={props.open}
      onClose={props.onClose}
      label={props.title}
      guardKey={props.title}
      footer={
        <Answers>
          <Button kind="quiet" tall onClick={props.onClose}>
            {props.cancel ?? 'Cancel'}
          </Button>
          <Button kind={props.destructive ? 'destructive' : 'primary'} tall onClick={props.onConfirm}>
            {props.confirm}
          </Button>
        </Answers>
      }
    >
      <SheetPart>
        <h2 className="type-sheet">{props.title}</h2>
        <div className="confirm-text">{props.children}</div>
      </SheetPart>
    </Sheet>
  )
}
