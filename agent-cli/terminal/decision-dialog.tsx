/** The dialog for the decision that waits longest. */
import type { DecisionAnswer } from '../bridge/contract.ts'
import type { OpenDecision } from '../bridge/view.ts'
import { PermissionDialog } from './dialogs/permission.tsx'
import { PlanDialog } from './dialogs/plan.tsx'
import { QuestionDialog } from './dialogs/question.tsx'

type Props = { decision: OpenDecision; waiting: number; isActive: boolean; onAnswer(answer: DecisionAnswer): void }

export function DecisionDialog(props: Props) {
  // The key makes every decision start afresh: focus, reason and the inert 400 ms.
  const { decision } = props
  if (decision.kind === 'PLAN') return <PlanDialog key={decision.id} {...props} />
  if (decision.kind === 'QUESTION') return <QuestionDialog key={decision.id} {...props} />
  return <PermissionDialog key={decision.id} {...props} />
}
