// An invitation's link, shown this once. Knows not who made it.
import { At } from '../../ui/age.tsx'
import { Button } from '../../ui/button.tsx'
import { Note } from '../../ui/note.tsx'
import { Sheet, SheetPart, SheetTitle } from '../../ui/sheet.tsx'
import { ShownOnce } from '../../ui/shown-once.tsx'

export type InvitationMade = { link: string; name: string; expiresAt: string }

export function InvitationLink({ made, onClose }: { made: InvitationMade; onClose: () => void }) {
  return (
    <Sheet
      open
      onClose={onClose}
      label="The invitation"
      guardKey="made"
      footer={
        <Button tall block onClick={onClose}>
          I have it
        </Button>
      }
    >
      <SheetTitle
        title={`The link for ${made.name}`}
        who={
          <>
            It is shown this once, opens once, and is good until <At at={made.expiresAt} />.
          </>
        }
      />
      <SheetPart>
        <ShownOnce label="The link" value={made.link} />
      </SheetPart>
      <SheetPart>
        <Note icon="info">Send it so that nobody else reads it: whoever opens it first is {made.name} here.</Note>
      </SheetPart>
    </Sheet>
  )
}
