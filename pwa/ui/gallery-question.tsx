// Gallery: a question with choices and one's own words, and the five levels of a refusal.

import { useState } from 'react'
import { Answers, Button, TextLink } from './button.tsx'
import { ChoiceRow } from './choice.tsx'
import { TextArea } from './field.tsx'
import { OverSession } from './gallery-over.tsx'
import { time } from './gallery-time.ts'
import type { IconName } from './icon.tsx'
import { Row } from './row.tsx'
import { Sheet, SheetPart, SheetTitle } from './sheet.tsx'
import { StateChip } from './state-chip.tsx'
import { QuietTile } from './state-glyph.tsx'

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
