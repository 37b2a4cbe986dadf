// Gallery: a session on the phone: transcript, tools, receipts, composer.
import { useState } from 'react'
import { Age, At } from './age.tsx'
import { Ansi } from './ansi.tsx'
import { ComposerFrame, Dotted, Header } from './bars.tsx'
import { IconButton, TextLink } from './button.tsx'
import { Pill, Segmented } from './choice.tsx'
import { Diff, DiffCounts } from './diff.tsx'
import { diffOfTexts } from './diff-lines.ts'
import { TextArea } from './field.tsx'
import { time } from './gallery-time.ts'
import { Icon } from './icon.tsx'
import { LinkState } from './link-state.tsx'
import { Markdown } from './markdown.tsx'
import { Menu } from './menu.tsx'
import { PathText } from './middle-cut.tsx'
import { type PlanStep, PlanStrip } from './plan-strip.tsx'
import { PromptCard } from './prompt-card.tsx'
import { Receipt } from './receipt.tsx'
import { Group } from './row.tsx'
import { FoldRow, ThoughtFold, ToolRow } from './tool-row.tsx'

export const steps: PlanStep[] = [
  { id: '1', words: <Markdown text="Find every caller of `createInvoice`" />, state: 'done' },
  { id: '2', words: 'Add a unique key column', state: 'done' },
  { id: '3', words: 'Return the first row', state: 'working' },
  { id: '4', words: 'Test two workers racing', state: 'todo' },
  { id: '5', words: 'Run the billing suite', state: 'todo' },
]

const before = `${'\n'.repeat(40)}  const row = await db\n    .insert(invoices)\n    .values(input)\n`
const after = `${'\n'.repeat(40)}  const row = await db\n    .insert(invoices)\n    .values({ ...input, key })\n    .onConflictDoNothing({\n      target: invoices.key,\n    })\n`
export const edit = diffOfTexts('invoices/create.ts', before, after)
edit.lines = edit.lines.filter((line) => line.kind !== 'same' || line.text !== '')

const output = [
  '\u001b[46m RUN \u001b[49m \u001b[36mv3.2.4 \u001b[90m~/src/billing\u001b[0m',
  '',
  ' \u001b[32m✓\u001b[0m invoices/create.test.ts \u001b[90m(6)\u001b[0m \u001b[32m214ms\u001b[0m',
  ' \u001b[33m❯\u001b[0m invoices/retry.test.ts \u001b[90m(3)\u001b[0m',
  '   \u001b[32m✓\u001b[0m returns the first invoice',
  '   \u001b[31m×\u001b[0m \u001b[31mbills once when two workers race\u001b[0m',
  '     \u001b[1;31mError:\u001b[0m expected 2 to be 1',
].join('\n')

export const meta = (
  <Dotted>
    <LinkState link={{ kind: 'live' }} />
    <span>atlas</span>
    <span>
      <Icon name="branch" size={16} /> idempotent-invoices
    </span>
  </Dotted>
)

export function SessionHeader({ title = 'Idempotent invoices' }: { title?: string }) {
  return (
    <Header
      title={title}
      meta={meta}
      onBack={() => {}}
      end={
        <Menu
          label="Session"
          trigger={(t) => <IconButton icon="more" label="More" ref={t.ref} onClick={t.onClick} />}
          items={[
            { id: 'rename', label: 'Rename', icon: 'pencil', onSelect: () => {} },
            { id: 'archive', label: 'Archive', icon: 'archive', onSelect: () => {} },
            { id: 'stop', label: 'Stop the session', icon: 'stop', destructive: true, onSelect: () => {} },
          ]}
        />
      }
    />
  )
}

export function Composer({ text = '', offline, wide }: { text?: string; offline?: boolean; wide?: boolean }) {
  const [draft, setDraft] = useState(text)
  const [when, setWhen] = useState<'after' | 'now'>('after')
  return (
    <ComposerFrame
      wide={wide}
      state={
        offline || wide ? undefined : (
          <>
            <Icon name="working" size={18} />
            <span>
              <strong>Working</strong> <Age since={time(14, 4, 48)} />
            </span>
            <TextLink icon="stop" tone="ink">
              Cancel turn
            </TextLink>
          </>
        )
      }
      line={
        <>
          <IconButton icon="plus" label="Attach" />
          <TextArea
            label="Prompt"
            hideLabel
            round
            placeholder={offline ? 'Sends when back' : 'Prompt, / or @'}
            value={draft}
            onChange={setDraft}
          />
          <IconButton icon="send" label="Send" kind="primary" disabled={draft === ''} />
        </>
      }
      foot={
        <>
          <Menu
            label="Mode"
            trigger={(t) => (
              <Pill ref={t.ref} onClick={t.onClick} label="Mode: Interactive">
                Interactive
              </Pill>
            )}
            items={[
              { id: 'plan', label: 'Plan', chosen: false, onSelect: () => {} },
              { id: 'interactive', label: 'Interactive', chosen: true, onSelect: () => {} },
              {
                id: 'autopilot',
                label: 'Autopilot',
                detail: 'acme does not allow it',
                chosen: false,
                disabled: true,
                onSelect: () => {},
              },
            ]}
          />
          {offline ? (
            <span className="type-meta">Kept on this phone</span>
          ) : (
            <Segmented
              label="When"
              value={when}
              onChange={setWhen}
              options={[
                { value: 'after', label: 'After this turn' },
                { value: 'now', label: 'Now' },
              ]}
            />
          )}
        </>
      }
    />
  )
}

export const firstPrompt = (
  <PromptCard
    receipt={
      <Receipt step="applied">
        Applied <At at={time(13, 58)} />
      </Receipt>
    }
  >
    Make invoice creation idempotent. A retry must never bill twice.
  </PromptCard>
)

export function SessionStart() {
  return (
    <div className="screen">
      <SessionHeader />
      <PlanStrip steps={steps} startsOpen />
      <main className="screen-middle transcript">
        {firstPrompt}
        <ThoughtFold title="Thought for 14 s">Who calls it twice?</ThoughtFold>
        <Markdown text="After a timeout the queue calls `createInvoice` again. I’ll give each attempt a key and return the first row on conflict." />
        <Group flush>
          <ToolRow icon="search" verb="Searched" argument="createInvoice(" result="9 hits" state="done" />
          <ToolRow
            icon="pencil"
            verb="Edited"
            argument={<PathText path="0012_idempotency.sql" />}
            result={<DiffCounts added={6} removed={0} />}
            state="done"
          />
          <ToolRow icon="terminal" verb="Ran" argument="npm test -- invoices" result="exit 1" state="failed" />
          <ToolRow icon="terminal" verb="Running" argument="npm test -- retry" result="14 s" state="running" />
        </Group>
      </main>
      <Composer />
    </div>
  )
}

export const editTool = (
  <Group flush>
    <FoldRow
      icon="pencil"
      title={
        <>
          Edited{' '}
          <span className="tool-argument cut">
            <PathText path={edit.path} />
          </span>
        </>
      }
      result={<DiffCounts {...edit} />}
      startsOpen
    >
      <Diff files={[edit]} />
    </FoldRow>
  </Group>
)

export function SessionTail() {
  return (
    <div className="screen">
      <SessionHeader />
      <PlanStrip steps={steps} />
      <main className="screen-middle transcript">
        {editTool}
        <Group flush>
          <ToolRow icon="terminal" verb="Running" argument="npm test -- retry" result="14 s" state="running">
            <Ansi text={output} />
          </ToolRow>
        </Group>
        <Markdown
          streaming
          text={
            'One test still fails, and it is right to. Both workers read **before** either has written:\n\n- the first insert wins\n- the second gets `undefined` back'
          }
        />
      </main>
      <Composer text="Return the row on conflict, in one query." />
    </div>
  )
}
