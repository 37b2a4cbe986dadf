/** A permission request: everything asked, every option the agent offered, and a deny that says why. */
import { Text } from 'ink'
import { useState } from 'react'
import type { DecisionAnswer } from '../../bridge/contract.ts'
import type { OpenDecision } from '../../bridge/view.ts'
import { ShortField } from '../prompt-field.tsx'
import { ChoiceList } from './choice-list.tsx'
import { Evidence, isLong } from './evidence.tsx'
import { Frame } from './frame.tsx'

export type DialogProps = {
  decision: OpenDecision
  waiting: number
  isActive: boolean
  onAnswer(answer: DecisionAnswer): void
}

export function PermissionDialog({ decision, waiting, isActive, onAnswer }: DialogProps) {
  const [isOpen, setOpen] = useState(false)
  const [isWriting, setWriting] = useState(false)
  const reject = decision.options.find((option) => option.kind.startsWith('reject'))
  const where =
    decision.wordsGo === 'SAME_TURN'
      ? 'The agent reads it in this turn.'
      : 'It is sent as the next prompt, right after.'
  return (
    <Frame
      title={decision.title}
      waiting={waiting}
      hint={hint(isWriting, isLong(decision.evidence), reject !== undefined)}
    >
      <Evidence evidence={decision.evidence} cwd={decision.cwd} isOpen={isOpen} />
      {isWriting && reject ? (
        <>
          <Text>Why not? {where}</Text>
          <ShortField
            isActive={isActive}
            placeholder="Reason"
            onCancel={() => setWriting(false)}
            onSubmit={(reason) => onAnswer({ is: 'option', optionId: reject.id, ...(reason.trim() ? { reason } : {}) })}
          />
        </>
      ) : (
        <ChoiceList
          rows={decision.options.map((option) => ({
            id: option.id,
            label: option.name,
            note: option.description ?? undefined,
          }))}
          isActive={isActive}
          onChoose={(optionId) => onAnswer({ is: 'option', optionId })}
          onKey={(key) => {
            if (key === 'v') setOpen(!isOpen)
            if (key === 'r' && reject) setWriting(true)
          }}
        />
      )}
    </Frame>
  )
}

function hint(isWriting: boolean, long: boolean, canDeny: boolean): string {
  if (isWriting) return 'Enter denies and sends the reason · Esc goes back'
  return [
    '↑↓ and Enter, or the number',
    long ? 'v shows all' : '',
    canDeny ? 'r denies with a reason' : '',
    'Tab to the prompt',
  ]
    .filter(Boolean)
    .join(' · ')
}
