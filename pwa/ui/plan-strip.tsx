// The agent's plan under the header: a segment per step and the current one; the list when opened. Beyond eight steps, one bar.
import { type ReactNode, useState } from 'react'
import { Icon } from './icon.tsx'
import { StateGlyph } from './state-glyph.tsx'

export type PlanStep = { id: string; words: ReactNode; state: 'todo' | 'working' | 'done' }

const most = 8

/** Segments alone, for the desktop's header. Decorative: say the count beside it. */
export function StepsBar({ steps }: { steps: readonly PlanStep[] }) {
  const done = steps.filter((step) => step.state === 'done').length
  if (steps.length > most)
    return (
      <span className="steps-long" aria-hidden="true">
        <span style={{ width: `${(done / steps.length) * 100}%` }} />
      </span>
    )
  return (
    <span className="steps-bar" aria-hidden="true">
      {steps.map((step) => (
        <span key={step.id} className={`step-${step.state}`} />
      ))}
    </span>
  )
}

/** The step the agent is at, counted from 1: the working one, else the first that is not done, else the last. */
export function currentStep(steps: readonly PlanStep[]): number {
  const working = steps.findIndex((step) => step.state === 'working')
  const next = working >= 0 ? working : steps.findIndex((step) => step.state !== 'done')
  return next >= 0 ? next + 1 : steps.length
}

/** Folded: `3 of 5 Return the first row`. Open: every step with its sign. Draws nothing without steps. */
export function PlanStrip({ steps, startsOpen }: { steps: readonly PlanStep[]; startsOpen?: boolean | undefined }) {
  const [open, setOpen] = useState(startsOpen ?? false)
  const at = currentStep(steps)
  const current = steps[at - 1]
  if (!current) return null
  return (
    <section className="plan-strip" aria-label="Plan">
      <button type="button" className="plan-strip-head" aria-expanded={open} onClick={() => setOpen(!open)}>
        <StepsBar steps={steps} />
        {open ? (
          <strong className="type-strong num">
            Plan, step {at} of {steps.length}
          </strong>
        ) : (
          <>
            <span className="ink-2 num">
              {at} of {steps.length}
            </span>
            <strong className="type-strong cut">{current.words}</strong>
          </>
        )}
        <Icon name={open ? 'chevron-up' : 'chevron-down'} size={16} />
      </button>
      {open && (
        <ol className="plan-steps">
          {steps.map((step) => (
            <li
              key={step.id}
              className={`plan-step plan-step-${step.state}`}
              aria-current={step === current ? 'step' : undefined}
            >
              <StateGlyph state={step.state === 'todo' ? 'idle' : step.state} size={16} />
              <span>
                {step.words}
                {step.state === 'done' && <span className="sr-only">, done</span>}
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}
