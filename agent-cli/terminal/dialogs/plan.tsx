/** A plan to approve: its text, the agent's options with the mode that follows, and a comment. */
import { Box, Text } from 'ink'
import { useState } from 'react'
import { ShortField } from '../prompt-field.tsx'
import { StyledText } from '../styled-text.tsx'
import { ChoiceList } from './choice-list.tsx'
import { Frame } from './frame.tsx'
import type { DialogProps } from './permission.tsx'

export function PlanDialog({ decision, waiting, isActive, onAnswer }: DialogProps) {
  const [comment, setComment] = useState<string | null>(null)
  const [isWriting, setWriting] = useState(false)
  const comments = comment ? [{ text: comment }] : []
  return (
    <Frame
      title={decision.title}
      waiting={waiting}
      hint={
        isWriting
          ? 'Enter keeps the comment · Esc goes back'
          : '↑↓ and Enter, or the number · c comments · Tab to the prompt'
      }
    >
      <Box marginY={1}>
        <StyledText text={decision.plan ?? decision.evidence} />
      </Box>
      {comment ? <Text color="blue">Your comment: {comment}</Text> : null}
      {isWriting ? (
        <ShortField
          isActive={isActive}
          placeholder={
            decision.wordsGo === 'SAME_TURN'
              ? 'Comment; it follows in the same turn'
              : 'Comment; with a rejection it becomes the next prompt'
          }
          initial={comment ?? ''}
          onCancel={() => setWriting(false)}
          onSubmit={(text) => {
            setComment(text.trim() || null)
            setWriting(false)
          }}
        />
      ) : (
        <ChoiceList
          rows={decision.options.map((option) => ({
            id: option.id,
            label: option.name,
            note: option.description ?? undefined,
          }))}
          isActive={isActive}
          onChoose={(optionId) => onAnswer({ is: 'option', optionId, ...(comments.length > 0 ? { comments } : {}) })}
          onKey={(key) => key === 'c' && setWriting(true)}
        />
      )}
    </Frame>
  )
}
