/** One tool call: what it does, how it stands, and what it showed (diffs and the end of its output). */
import { Box, Text } from 'ink'
import type { ToolCallView, ToolContent } from '../bridge/view.ts'
import { Diff } from './diff.tsx'
import { lastLines, plain } from './plain-text.ts'

/** Lines of output kept on screen; the transcript has all of it. */
export const OUTPUT_LINES = 8

const SIGNS: Record<string, { sign: string; color: string }> = {
  pending: { sign: '○', color: 'gray' },
  in_progress: { sign: '◔', color: 'blue' },
  completed: { sign: '✓', color: 'green' },
  failed: { sign: '✗', color: 'red' },
}

export function ToolCall({ call }: { call: ToolCallView }) {
  const { sign, color } = SIGNS[call.status] ?? { sign: '·', color: 'gray' }
  return (
    <Box flexDirection="column">
      <Text>
        <Text color={color}>{sign}</Text> {plain(call.title)}
        {call.endedWithTurn ? <Text dimColor> · ended with the turn</Text> : null}
      </Text>
      {call.content.map((content, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: contents of one call have no other identity
        <Content key={index} content={content} />
      ))}
    </Box>
  )
}

function Content({ content }: { content: ToolContent }) {
  if (content.type === 'diff')
    return <Diff path={content.path ?? ''} oldText={content.oldText ?? ''} newText={content.newText ?? ''} />
  const text = content.block?.text ?? content.block?.uri
  if (!text) return null
  return (
    <Box paddingLeft={2}>
      <Text dimColor>{lastLines(plain(text), OUTPUT_LINES)}</Text>
    </Box>
  )
}
