/** A form asked one question after another; nothing is sent before the last. Same choices as the phone has (C2). */
import { Text } from 'ink'
import { useState } from 'react'
import type { FieldValue } from '../../bridge/contract.ts'
import type { OpenDecision } from '../../bridge/view.ts'
import { plain } from '../plain-text.ts'
import { Frame } from './frame.tsx'
import type { DialogProps } from './permission.tsx'
import { QuestionField } from './question-field.tsx'

type Question = OpenDecision['questions'][number]

export function QuestionDialog({ decision, waiting, isActive, onAnswer }: DialogProps) {
  const [values, setValues] = useState<readonly FieldValue[]>([])
  const [at, setAt] = useState(0)
  const question: Question | undefined = decision.questions[at]
  const take = (given: readonly FieldValue[]) => {
    const all = [...values, ...given]
    if (at + 1 >= decision.questions.length) return onAnswer({ is: 'accept', values: all })
    setValues(all)
    setAt(at + 1)
  }
  return (
    <Frame title={decision.title} waiting={waiting} hint="Enter takes it · Esc declines · Tab to the prompt">
      {question ? (
        <>
          {decision.questions.length > 1 ? (
            <Text>
              {plain(question.title)}{' '}
              <Text dimColor>
                question {at + 1} of {decision.questions.length}; nothing is sent before the last
              </Text>
            </Text>
          ) : question.title === decision.title ? null : (
            <Text>{plain(question.title)}</Text>
          )}
          {question.description ? <Text dimColor>{plain(question.description)}</Text> : null}
          <QuestionField
            key={question.name}
            question={question}
            isActive={isActive}
            onTake={take}
            onDecline={() => onAnswer({ is: 'decline' })}
          />
        </>
      ) : (
        <QuestionField
          question={NOTHING_TO_FILL}
          isActive={isActive}
          onTake={() => onAnswer({ is: 'accept', values: [] })}
          onDecline={() => onAnswer({ is: 'decline' })}
        />
      )}
    </Frame>
  )
}

/** A form without fields is a message to confirm. */
const NOTHING_TO_FILL: Question = {
  name: '',
  title: '',
  description: null,
  type: 'boolean',
  required: true,
  choices: [],
  allowsOther: false,
  otherName: null,
  format: null,
  default: null,
  minimum: null,
  maximum: null,
  maxLength: null,
}
