// Gallery: the small parts one by one, and markdown in full.
import { useState } from 'react'
import { AppMark } from './app-mark.tsx'
import { Answers, Button } from './button.tsx'
import { ChoiceRow, Segmented } from './choice.tsx'
import { ConfirmDialog } from './confirm-dialog.tsx'
import { Field } from './field.tsx'
import { time } from './gallery-time.ts'
import { Icon, iconNames } from './icon.tsx'
import { LinkState } from './link-state.tsx'
import { Markdown } from './markdown.tsx'
import { EmptyState } from './note.tsx'
import { Group, GroupHeading, GroupNote, Row } from './row.tsx'
import { Chip, StateChip } from './state-chip.tsx'

const text = `# Why it bills twice

The queue calls \`createInvoice\` **again** after a timeout, see [the log](https://example.com/log) and _not_ [this](javascript:alert(1)).

1. Add a key
2. Return the first row
   - also for \`retry\`
   - [x] done

> A retry must never bill twice.

\`\`\`ts
// one row per attempt
export async function createInvoice(input: Input, key = 'none'): Promise<Row> {
  const row = await db.insert(invoices).values({ ...input, key }).onConflictDoNothing()
  return row ?? 42
}
\`\`\`

| case | before | after |
|---|---:|---:|
| timeout, then a retry by the queue | 2 | 1 |
| two workers | 2 | 1 |

<img src=x onerror=alert(1)> ![a picture](https://example.com/x.png)
`

export function Parts() {
  const [level, setLevel] = useState('view')
  const [scope, setScope] = useState<'e' | 'o'>('o')
  const [name, setName] = useState('atlas')
  const [asking, setAsking] = useState(false)
  return (
    <div>
      <div className="swatches">
        {iconNames.map((icon) => (
          <span key={icon}>
            <Icon name={icon} />
            {icon}
          </span>
        ))}
        <span>
          <AppMark size={32} />
          mark
        </span>
      </div>
      <div className="padded">
        <Answers>
          <StateChip state={{ kind: 'waiting', since: time(14, 2) }} />
          <StateChip state={{ kind: 'working', since: time(14, 5, 22) }} />
          <StateChip state={{ kind: 'idle', since: time(12, 2) }} />
          <StateChip state={{ kind: 'stopped', reason: 'usage limit until 16:00' }} />
          <StateChip state={{ kind: 'offline', since: time(14, 2) }} />
          <Chip tone="outline">steer</Chip>
        </Answers>
        <LinkState link={{ kind: 'live' }} />
        <LinkState link={{ kind: 'reconnecting', since: time(14, 5, 54) }} />
        <LinkState link={{ kind: 'device-offline', since: time(14, 2) }} />
        <LinkState link={{ kind: 'host-offline', since: time(14, 2), host: 'atlas' }} />
        <Segmented
          bar
          label="Level"
          value={scope}
          onChange={setScope}
          options={[
            { value: 'e', label: 'Enterprise' },
            { value: 'o', label: 'Organisation' },
          ]}
        />
        <Field
          label="Name"
          value={name}
          onChange={setName}
          error={name === '' ? 'A name is needed.' : undefined}
          hint="Shown in the list."
        />
        <Answers>
          <Button disabled>Disabled</Button>
          <Button waiting>Sent 14:02</Button>
          <Button kind="destructive" onClick={() => setAsking(true)}>
            Delete
          </Button>
        </Answers>
      </div>
      <GroupHeading>Remote control</GroupHeading>
      <Group>
        {['off', 'view', 'view and control'].map((value) => (
          <ChoiceRow
            key={value}
            kind="radio"
            name="level"
            value={value}
            checked={level === value}
            onChange={() => setLevel(value)}
            title={value}
            detail={value === 'view' ? 'Follow sessions. No answers, no prompts.' : undefined}
          />
        ))}
        <ChoiceRow
          kind="checkbox"
          name="c"
          value="c"
          checked
          onChange={() => {}}
          title="Also while I am at the terminal"
        />
      </Group>
      <GroupNote>Changes reach all 14 sessions within a second.</GroupNote>
      <GroupHeading>Limits</GroupHeading>
      <Group>
        <Row title="Ask for a passkey" end="Prompts and above" chevron href="#" />
        <Row
          lead={<Icon name="stop" size={16} />}
          tone="destructive"
          title="Turn remote control off now"
          onClick={() => setAsking(true)}
        />
      </Group>
      <div className="padded">
        <Markdown text={text} />
      </div>
      <EmptyState action={<Button kind="quiet">Start one</Button>}>
        No session runs on any of your workstations.
      </EmptyState>
      <ConfirmDialog
        open={asking}
        title="Delete 3 sessions?"
        confirm="Delete"
        destructive
        onConfirm={() => setAsking(false)}
        onClose={() => setAsking(false)}
      >
        Their transcripts are removed from the server. Files on atlas stay.
      </ConfirmDialog>
    </div>
  )
}
