// Gallery: what is asked of a person: permission, reason, settled, question, plan, why.
import { type ReactNode, useState } from 'react'
import { AnswerGuard } from './answer-guard.tsx'
import { Header } from './bars.tsx'
import { Answers, Button, TextLink } from './button.tsx'
import { ChoiceRow, Segmented } from './choice.tsx'
import { CommandBlock, KeyValues } from './command-block.tsx'
import { Diff, DiffCounts } from './diff.tsx'
import { countLines, diffOfPatch } from './diff-lines.ts'
import { TextArea } from './field.tsx'
import { SessionTail } from './gallery-session.tsx'
import { time } from './gallery-time.ts'
import { Icon, type IconName } from './icon.tsx'
import { Markdown } from './markdown.tsx'
import { Note } from './note.tsx'
import { CommentCard } from './prompt-card.tsx'
import { Group, Row } from './row.tsx'
import { Sheet, SheetPart, SheetTitle } from './sheet.tsx'
import { StateChip } from './state-chip.tsx'
import { QuietTile } from './state-glyph.tsx'
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

function OverSession({ children }: { children: (open: boolean, close: () => void) => ReactNode }) {
  const [open, setOpen] = useState(true)
  return (
    <>
      <SessionTail />
      {children(open, () => setOpen(false))}
    </>
  )
}

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

const choices = [
  { id: 'exponential', title: 'Exponential, 6 tries', detail: '1 min to 32 min. Recommended by the agent.' },
  { id: 'fixed', title: 'Fixed, every 5 min for an hour', detail: 'Simple to explain to customers.' },
  { id: 'none', title: 'No retries', detail: 'Customers replay from the dashboard.' },
]

export function QuestionSheet() {
  const [chosen, setChosen] = useState('exponential')
  const [words, setWords] = useState('')
  return (
    <OverSession>
      {(open, close) => (
        <Sheet
          open={open}
          onClose={close}
          label="Which retry policy should failed webhooks use?"
          footer={
            <Answers>
              <Button kind="quiet" tall onClick={close}>
                Decline
              </Button>
              <Button tall wide onClick={close}>
                Next question
              </Button>
            </Answers>
          }
        >
          <SheetTitle
            chip={<StateChip state={{ kind: 'waiting', since: time(13, 54) }} />}
            aside="Question 1 of 2"
            title="Which retry policy should failed webhooks use?"
            who="Claude Code · Webhook retries · atlas"
          />
          <SheetPart>
            <span />
          </SheetPart>
          {choices.map((choice) => (
            <ChoiceRow
              key={choice.id}
              kind="radio"
              ruled
              name="policy"
              value={choice.id}
              checked={chosen === choice.id}
              onChange={() => setChosen(choice.id)}
              title={choice.title}
              detail={choice.detail}
            />
          ))}
          <ChoiceRow
            kind="radio"
            ruled
            name="policy"
            value="other"
            checked={chosen === 'other'}
            onChange={() => setChosen('other')}
            title="Something else"
          >
            <TextArea
              label="Your own answer"
              hideLabel
              placeholder="Your own answer"
              rows={2}
              value={words}
              onChange={(text) => {
                setWords(text)
                setChosen('other')
              }}
              hint="Nothing is sent before the last question."
            />
          </ChoiceRow>
        </Sheet>
      )}
    </OverSession>
  )
}

const planSteps = [
  { title: 'Add `webhook_attempts`', text: 'One row per try, with status and next time.' },
  {
    title: 'Schedule tries in the worker',
    text: '1, 2, 4, 8, 16 and 32 minutes.',
    comment: 'Add jitter, or every customer retries at the same second.',
  },
  { title: 'Sign each try anew', text: 'The timestamp is part of the signature.' },
  { title: 'Replay from the dashboard', text: 'A button on the dead letter row.' },
  { title: 'Tests', text: 'Clock stepped by hand, no sleeping.' },
]

export function PlanReview() {
  const [mode, setMode] = useState<'interactive' | 'autopilot'>('autopilot')
  return (
    <div className="screen">
      <Header
        title="Review the plan"
        meta="Webhook retries · atlas"
        onBack={() => {}}
        end={<StateChip plain state={{ kind: 'waiting', since: time(14, 4) }} />}
      />
      <main className="screen-middle plan-text">
        <div>
          <h2 className="type-sheet">Retry failed webhooks</h2>
          <p className="ink-2">Six tries with growing gaps, then a dead letter row that support can replay.</p>
        </div>
        {planSteps.map((step, index) => (
          <div key={step.title} className="plan-item">
            <span className="num">{index + 1}</span>
            <strong className="type-strong">
              <Markdown text={step.title} />
            </strong>
            <span className="ink-2 type-tool">{step.text}</span>
            {step.comment && (
              <CommentCard
                actions={
                  <>
                    <TextLink>Edit</TextLink>
                    <TextLink>Remove</TextLink>
                  </>
                }
              >
                {step.comment}
              </CommentCard>
            )}
          </div>
        ))}
        <span className="type-second ink-3">Tap a step to comment on it.</span>
      </main>
      <AnswerGuard className="plan-foot" guardKey="plan">
        <div>
          <span className="type-second">Then work in</span>
          <Segmented
            label="Then work in"
            value={mode}
            onChange={setMode}
            options={[
              { value: 'interactive', label: 'Interactive' },
              { value: 'autopilot', label: 'Autopilot' },
            ]}
          />
        </div>
        <Button tall block icon={mode === 'autopilot' ? 'key' : undefined}>
          Approve, then {mode}
        </Button>
        <span className="type-meta">Passkey needed. Your comment follows in the same turn.</span>
        <Button tall block kind="quiet">
          Reject with 1 comment
        </Button>
      </AnswerGuard>
    </div>
  )
}

const levels: { icon: IconName; name: string; who: string; says: string; decides?: boolean }[] = [
  { icon: 'building', name: 'Enterprise', who: 'Acme Group', says: 'Up to organisations' },
  { icon: 'people', name: 'Organisation acme-labs', who: 'Set by an owner, 12 Nov', says: 'View only', decides: true },
  { icon: 'lock', name: 'Managed machine', who: 'No file on forge', says: 'No limit' },
  { icon: 'monitor', name: 'Workstation', who: 'forge', says: 'View and control' },
  { icon: 'sessions', name: 'Session', who: 'Dependency bumps', says: 'View and control' },
]

export function WhySheet() {
  return (
    <OverSession>
      {(open, close) => (
        <Sheet
          open={open}
          onClose={close}
          label="Why?"
          footer={
            <Answers>
              <Button kind="quiet" tall onClick={close}>
                Close
              </Button>
              <Button tall onClick={close}>
                Open the rule
              </Button>
            </Answers>
          }
        >
          <SheetPart>
            <p className="type-second">Why?</p>
            <h2 className="type-sheet">You cannot send prompts because acme-labs is View only</h2>
            <p className="type-second">Five levels have a say. The strictest wins.</p>
          </SheetPart>
          <div className="levels">
            {levels.map((level) => (
              <div key={level.name} className="level">
                <QuietTile icon={level.icon} accent={level.decides} />
                <div>
                  <div className={level.decides ? 'type-strong' : undefined}>{level.name}</div>
                  <div className="type-second">{level.who}</div>
                </div>
                <span className={level.decides ? 'type-tool type-strong' : 'type-tool ink-2'}>{level.says}</span>
              </div>
            ))}
          </div>
          <Row sheet title="Who can change it" detail="Owners of acme-labs: two owners" />
          <Row
            sheet
            title="Rule"
            detail={<code>remote-control.organisation</code>}
            trailing={<TextLink icon="copy">Copy as query</TextLink>}
          />
        </Sheet>
      )}
    </OverSession>
  )
}
