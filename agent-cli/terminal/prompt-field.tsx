/** A line editor in ink: shows the text with its cursor and turns keys into edits. Focus and meaning are the caller's. */

import type { Key } from 'ink'
import { Text, useInput } from 'ink'
import { useState } from 'react'
import * as edit from './edit-line.ts'

export type PromptFieldProps = {
  line: edit.Line
  onChange(line: edit.Line): void
  onSubmit(text: string): void
  /** Keys the surrounding screen takes first; true means taken. */
  onKey?(input: string, key: Key): boolean
  isActive: boolean
  placeholder: string
}

export function PromptField({ line, onChange, onSubmit, onKey, isActive, placeholder }: PromptFieldProps) {
  useInput(
    (input, key) => {
      if (onKey?.(input, key)) return
      if (key.return && !key.meta && !key.shift) return onSubmit(line.text)
      onChange(edited(line, input, key))
    },
    { isActive },
  )
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
  const [line, setLine] = useState(() => edit.insert(edit.emptyLine(), initial))
  return (
    <PromptField
      line={line}
      onChange={setLine}
      onSubmit={onSubmit}
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
