/** A line editor in ink: shows the text with its cursor and turns keys into edits. Focus and meaning are the caller's. */

import type { Key } from 'ink'
import { Text } from 'ink'
import * as edit from './edit-line.ts'
import { type Fresh, useFresh } from './use-fresh.ts'
import { useKeys } from './use-keys.ts'

export type PromptFieldProps = {
  line: Fresh<edit.Line>
  /** Returns the line that stands there from then on. */
  onSubmit(line: edit.Line): edit.Line
  /** Keys the surrounding screen takes first; true means taken. */
  onKey?(input: string, key: Key): boolean
  isActive: boolean
  placeholder: string
}

export function PromptField({ line: fresh, onSubmit, onKey, isActive, placeholder }: PromptFieldProps) {
  useKeys(
    (input, key) => {
      if (onKey?.(input, key)) return
      const isSubmitted = key.return && !key.meta && !key.shift
      fresh.set(isSubmitted ? onSubmit(fresh.now) : edited(fresh.now, input, key))
    },
    { isActive },
  )
  const line = fresh.now
  if (line.text === '') {
    return (
      <Text>
        {isActive ? <Text inverse> </Text> : ' '}
        <Text dimColor>{placeholder}</Text>
      </Text>
    )
  }
  const under = line.text.slice(line.cursor, line.cursor + 1)
  return (
    <Text>
      {line.text.slice(0, line.cursor)}
      {isActive ? <Text inverse>{under === '' || under === '\n' ? ' ' : under}</Text> : under}
      {under === '\n' ? '\n' : ''}
      {line.text.slice(line.cursor + 1)}
    </Text>
  )
}

/** A field that keeps its own line; for reasons, comments and free text. */
export function ShortField({
  onSubmit,
  onCancel,
  isActive,
  placeholder,
  initial = '',
}: {
  onSubmit(text: string): void
  onCancel(): void
  isActive: boolean
  placeholder: string
  initial?: string
}) {
  const [, line] = useFresh(() => edit.insert(edit.emptyLine(), initial))
  return (
    <PromptField
      line={line}
      // It stands there still, to be mended where it was not taken.
      onSubmit={(said) => {
        onSubmit(said.text)
        return said
      }}
      onKey={(_input, key) => {
        if (key.escape) onCancel()
        return key.escape
      }}
      isActive={isActive}
      placeholder={placeholder}
    />
  )
}

function edited(line: edit.Line, input: string, key: Key): edit.Line {
  if (key.return) return edit.insert(line, '\n')
  if (key.leftArrow) return edit.left(line)
  if (key.rightArrow) return edit.right(line)
  if (key.upArrow) return edit.recall(line, -1)
  if (key.downArrow) return edit.recall(line, 1)
  // Terminals send DEL for the backspace key, which ink names "delete".
  if (key.backspace || key.delete) return edit.backspace(line)
  if (key.ctrl) return controlled(line, input)
  return input && !key.escape && !key.tab && !key.meta ? edit.insert(line, input) : line
}

function controlled(line: edit.Line, input: string): edit.Line {
  switch (input) {
    case 'a':
      return edit.home(line)
    case 'e':
      return line
    case 'k':
      return edit.insert({ ...line, text: line.text.slice(0, line.cursor) }, '')
    case 'u':
      return edit.deleteToStart(line)
    case 'w':
      return edit.deleteWord(line)
    case 'd':
      return edit.deleteForward(line)
    default:
      return line
  }
}
