// Gallery: the sheet alone, with what its tests press. Says what was decided and nothing else.
import { useState } from 'react'
import { Answers, Button } from './button.tsx'
import { Sheet, SheetPart, SheetTitle } from './sheet.tsx'

export function SheetTest() {
  const [open, setOpen] = useState(false)
  const [decision, setDecision] = useState(1)
  const [said, setSaid] = useState('')
  const [long, setLong] = useState(false)
  return (
    <div className="padded">
      <Button onClick={() => setOpen(true)}>Open</Button>
      <button type="button" data-testid="next" onClick={() => setDecision((number) => number + 1)}>
        next
      </button>
      <button type="button" data-testid="long" onClick={() => setLong(true)}>
        long
      </button>
      <output data-testid="said">{said}</output>
      <Sheet
        open={open}
        onClose={() => setOpen(false)}
        label="Run this command?"
        guardKey={String(decision)}
        footer={
          <Answers>
            <Button kind="quiet" tall onClick={() => setSaid(`denied ${decision}`)}>
              Deny
            </Button>
            <Button tall onClick={() => setSaid(`allowed ${decision}`)}>
              Allow once
            </Button>
          </Answers>
        }
      >
        <SheetTitle title="Run this command?" />
        <SheetPart>{'Words. '.repeat(long ? 3000 : 60)}</SheetPart>
      </Sheet>
    </div>
  )
}
