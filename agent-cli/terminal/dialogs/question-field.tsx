/** One field of a form: a choice, several choices, yes or no, a number, or words. */
import { Box, Text } from 'ink'
import { useState } from 'react'
import type { FieldValue } from '../../bridge/contract.ts'
import type { OpenDecision } from '../../bridge/view.ts'
import { visible } from '../plain-text.ts'
import { ShortField } from '../prompt-field.tsx'
import { useFresh } from '../use-fresh.ts'
import { useKeys } from '../use-keys.ts'
import { ChoiceList, useInertStart } from './choice-list.tsx'
import { parseField } from './parse-field.ts'

type Question = OpenDecision['questions'][number]
type Choices = NonNullable<Question['choices']>
type Props = { question: Question; isActive: boolean; onTake(values: readonly FieldValue[]): void; onDecline(): void }

const OTHER = '\u0000other'

export function QuestionField(props: Props) {
  const [isOther, setOther] = useState(false)
  const { question, isActive, onTake, onDecline } = props
  useKeys((_input, key) => key.escape && onDecline(), {
    isActive: isActive && !isOther && question.type !== 'string' && !isNumeric(question),
  })
  if (isOther) return <Words {...props} onDecline={() => setOther(false)} name={question.otherName ?? question.name} />
  if (question.type === 'choices') return <Several {...props} />
  if (question.type === 'boolean') {
    const rows = [
      { id: 'true', label: 'Yes' },
      { id: 'false', label: 'No' },
    ]
    return (
      <ChoiceList
        rows={rows}
        isActive={isActive}
        onChoose={(id) => onTake(question.name ? [{ name: question.name, value: id === 'true' }] : [])}
      />
    )
  }
  const choices: Choices = question.choices ?? []
  if (choices.length === 0) return <Words {...props} name={question.name} />
  const rows = choices.map((choice) => ({
    id: choice.value,
    label: choice.title,
    note: choice.description ?? undefined,
  }))
  const other = question.allowsOther ? [{ id: OTHER, label: 'Something else …' }] : []
  return (
    <ChoiceList
      rows={[...rows, ...other]}
      isActive={isActive}
      onChoose={(id) => (id === OTHER ? setOther(true) : onTake([{ name: question.name, value: id }]))}
    />
  )
}

function Words({ question, isActive, onTake, onDecline, name }: Props & { name: string }) {
  const [problem, setProblem] = useState<string | null>(null)
  const submit = (text: string) => {
    const parsed = parseField(question, text)
    if (parsed.is === 'mistake') return setProblem(parsed.sentence)
    onTake(parsed.value === null ? [] : [{ name, value: parsed.value }])
  }
  return (
    <Box flexDirection="column">
      <ShortField
        isActive={isActive}
        placeholder="Your own answer"
        initial={question.default ?? ''}
        onSubmit={submit}
        onCancel={onDecline}
      />
      {problem ? <Text color="yellow">{problem}</Text> : null}
    </Box>
  )
}

function Several({ question, isActive, onTake }: Props) {
  const [at, place] = useFresh(() => 0)
  const [chosen, marks] = useFresh<ReadonlySet<string>>(() => new Set())
  const isLive = useInertStart()
  const choices: Choices = question.choices ?? []
  const count = choices.length
  useKeys(
    (input, key) => {
      if (key.upArrow) place.set((place.now + count - 1) % count)
      if (key.downArrow) place.set((place.now + 1) % count)
      const value = choices[place.now]?.value
      if (input === ' ' && value !== undefined) marks.set(toggled(marks.now, value))
      if (key.return && isLive)
        onTake([{ name: question.name, value: choices.map((choice) => choice.value).filter((v) => marks.now.has(v)) }])
    },
    { isActive },
  )
  return (
    <Box flexDirection="column">
      {choices.map((choice, index) => (
        <Text key={choice.value} {...(index === at ? { color: 'blue' } : {})}>
          {chosen.has(choice.value) ? '[x]' : '[ ]'} {visible(choice.title)}
          {choice.description ? <Text dimColor> {visible(choice.description)}</Text> : null}
        </Text>
      ))}
      <Text dimColor>Space marks, Enter sends</Text>
    </Box>
  )
}

const isNumeric = (question: Question) => question.type === 'number' || question.type === 'integer'

function toggled(set: ReadonlySet<string>, value: string): ReadonlySet<string> {
  const next = new Set(set)
  if (!next.delete(value)) next.add(value)
  return next
}
