// Gallery: a plan read in full, commented and approved into a mode.
import { useState } from 'react'
import { AnswerGuard } from './answer-guard.tsx'
import { Header } from './bars.tsx'
import { Button, TextLink } from './button.tsx'
import { Segmented } from './choice.tsx'
import { time } from './gallery-time.ts'
import { Markdown } from './markdown.tsx'
import { CommentCard } from './prompt-card.tsx'
import { StateChip } from './state-chip.tsx'

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
