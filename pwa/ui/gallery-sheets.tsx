// Gallery: a permission, its reason, and what the loser sees.

import { useState } from 'react'
import { AnswerGuard } from './answer-guard.tsx'
import { Answers, Button, TextLink } from './button.tsx'
import { CommandBlock, KeyValues } from './command-block.tsx'
import { Diff, DiffCounts } from './diff.tsx'
import { countLines, diffOfPatch } from './diff-lines.ts'
import { TextArea } from './field.tsx'
import { OverSession } from './gallery-over.tsx'
import { time } from './gallery-time.ts'
import { Icon } from './icon.tsx'
import { Note } from './note.tsx'
import { Group, Row } from './row.tsx'
import { Sheet, SheetPart, SheetTitle } from './sheet.tsx'
import { StateChip } from './state-chip.tsx'
import { FoldRow } from './tool-row.tsx'

export const command = 'git apply idempotency.patch\nnpm run db:migrate -- --env=staging'
export const facts = [
  { key: 'Folder', value: '~/src/billing' },
  { key: 'Branch', value: 'idempotent-invoices' },
  { key: 'Paths', value: ['drizzle/0012_idempotency.sql', 'src/invoices/create.ts'] },
]
const patch = `--- /dev/null
+++ b/drizzle/0012_idempotency.sql
@@ -0,0 +1,6 @@
+ALTER TABLE invoices
+  ADD COLUMN key text;
+UPDATE invoices SET key = id;
+ALTER TABLE invoices
+  ALTER COLUMN key SET NOT NULL,
+  ADD CONSTRAINT invoices_key UNIQUE (key);
--- a/src/invoices/create.ts
+++ b/src/invoices/create.ts
@@ -43,1 +43,4 @@
-    .values(input)
+    .values({ ...input, key })
+    .onConflictDoNothing({
+      target: invoices.key,
+    })
`
const files = diffOfPatch(patch)

const more = (
  <TextLink tone="ink">
    <span className="ink-2 type-second">3 more waiting</span>
    <Icon name="chevron-right" size={16} />
  </TextLink>
)

export function PermissionSheet() {
  return (
    <OverSession>
      {(open, close) => (
        <Sheet
          open={open}
          onClose={close}
          label="Run this command?"
          guardKey="d1"
          footer={
            <Answers>
              <Button kind="quiet" tall onClick={close}>
                Deny
              </Button>
              <Button tall onClick={close}>
                Allow once
              </Button>
            </Answers>
          }
        >
          <SheetTitle
            chip={<StateChip state={{ kind: 'waiting', since: time(14, 2) }} />}
            aside={more}
            title="Run this command?"
            who="Claude Code · Idempotent invoices · atlas"
          />
          <SheetPart>
            <CommandBlock text={command} />
          </SheetPart>
          <SheetPart>
            <KeyValues pairs={facts} />
          </SheetPart>
          <SheetPart>
            <Group flush>
              <FoldRow icon="file" title="Patch, 2 files" result={<DiffCounts {...countLines(files)} />} startsOpen>
                <Diff files={files} foldAfter={2} names />
              </FoldRow>
            </Group>
          </SheetPart>
          <AnswerGuard>
            <Row
              sheet
              wrap
              title={
                <>
                  Always allow <code>npm run db:*</code>
                </>
              }
              detail="In this session. Asks for your passkey."
              end={<Icon name="key" />}
              onClick={close}
            />
            <Row sheet title="Deny with a reason" end={<Icon name="comment" />} onClick={close} />
          </AnswerGuard>
        </Sheet>
      )}
    </OverSession>
  )
}

export function ReasonSheet() {
  const [reason, setReason] = useState('Not on staging. Use the local database and show me the migration first.')
  return (
    <OverSession>
      {(open, close) => (
        <Sheet
          open={open}
          onClose={close}
          label="Deny with a reason"
          footer={
            <Answers>
              <Button kind="quiet" tall onClick={close}>
                Back
              </Button>
              <Button tall waiting>
                Sent 14:02, waiting for atlas
              </Button>
            </Answers>
          }
        >
          <SheetTitle
            chip={<StateChip state={{ kind: 'waiting', since: time(14, 2) }} />}
            aside={more}
            title="Deny with a reason"
            who="Run a command · Idempotent invoices · atlas"
          />
          <SheetPart>
            <CommandBlock text={`${command}\u202e\u200b\tx`} />
          </SheetPart>
          <SheetPart>
            <TextArea label="Reason" hideLabel rows={4} value={reason} onChange={setReason} />
          </SheetPart>
          <SheetPart>
            <Note icon="comment">
              This agent takes no reason with a denial. It is sent as the next prompt, right after.
            </Note>
          </SheetPart>
        </Sheet>
      )}
    </OverSession>
  )
}

export function SettledSheet() {
  return (
    <OverSession>
      {(open, close) => (
        <Sheet
          open={open}
          onClose={close}
          label="Answered at the terminal 14:02: Allow once"
          footer={
            <Answers>
              <Button kind="destructive" tall icon="stop" onClick={close}>
                Cancel turn
              </Button>
              <Button tall onClick={close}>
                Next decision
              </Button>
            </Answers>
          }
        >
          <SheetTitle
            chip={<StateChip state={{ kind: 'settled' }} />}
            aside="3 more waiting"
            title="Answered at the terminal 14:02: Allow once"
            who="Claude Code · Idempotent invoices · atlas"
          />
          <SheetPart>
            <CommandBlock text={command} />
          </SheetPart>
          <SheetPart>
            <Note icon="phone" boxed>
              <strong>Your Deny came second</strong> (14:02:09). It was not applied. To stop the command, cancel the
              turn.
            </Note>
          </SheetPart>
          <Row
            sheet
            lead={<Icon name="working" size={18} />}
            title="The command is running"
            end={
              <strong className="tool-running">
                <span className="tool-result">9 s</span>
              </strong>
            }
          />
        </Sheet>
      )}
    </OverSession>
  )
}
