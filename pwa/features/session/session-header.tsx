// The session's bar: back, name, how the link stands, workstation and branch. On a desktop also plan, usage and Cancel turn.
import type { ReactNode } from 'react'
import { useLink } from '../../graphql/connection-context.tsx'
import { Dotted, Header } from '../../ui/bars.tsx'
import { Icon } from '../../ui/icon.tsx'
import { LinkState } from '../../ui/link-state.tsx'
import { currentStep, type PlanStep, StepsBar } from '../../ui/plan-strip.tsx'
import type { SessionRow } from '../sessions/session-row.ts'
import { useHostLife, useNow } from '../sessions/sessions.ts'
import { sessionLink } from './session-link.ts'
import { type Usage, usageWords } from './usage-words.ts'

export function SessionHeader(props: {
  session: SessionRow | null
  wide: boolean
  steps: readonly PlanStep[]
  usage: Usage | null
  cancel: ReactNode
  menu: ReactNode
  onBack: () => void
}) {
  const { session, wide, steps, usage } = props
  const page = useLink()
  const life = useHostLife(session?.host)
  const now = useNow(1_000)
  const link = sessionLink(page, life, session?.host.name ?? 'the workstation', now)
  const meta = (
    <Dotted>
      <LinkState link={link} />
      {session !== null && link.kind !== 'host-offline' && link.kind !== 'device-offline' && (
        <span className="session-host cut">
          <span className="cut">{session.host.name}</span>
        </span>
      )}
      {session?.branch != null && link.kind !== 'device-offline' && (
        <span className="session-branch cut">
          <Icon name="branch" size={16} />
          <span className="cut">{session.branch}</span>
        </span>
      )}
    </Dotted>
  )
  return (
    <Header
      title={session?.title ?? 'Session'}
      meta={meta}
      wide={wide}
      onBack={wide ? undefined : props.onBack}
      end={
        <>
          {wide && steps.length > 0 && (
            <span className="session-steps">
              <StepsBar steps={steps} />
              <span className="ink-2 num">
                {currentStep(steps)} of {steps.length}
              </span>
            </span>
          )}
          {wide && usage !== null && <span className="ink-2 num">{usageWords(usage)}</span>}
          {wide && props.cancel}
          {props.menu}
        </>
      }
    />
  )
}
