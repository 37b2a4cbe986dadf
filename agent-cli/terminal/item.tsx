/** One transcript item as terminal lines. */
import { Box, Text } from 'ink'
import type { TranscriptItem } from '../bridge/view.ts'
import { lastLines, plain } from './plain-text.ts'
import { StyledText } from './styled-text.tsx'
import { ToolCall } from './tool-call.tsx'
import { clock, settled, where } from './words.ts'

const STEP_SIGNS: Record<string, string> = { completed: '✓', in_progress: '◔', pending: '○' }
const THOUGHT_LINES = 3

export function Item({ item }: { item: TranscriptItem }) {
  switch (item.is) {
    case 'userPrompt':
      return (
        <Box marginTop={1}>
          <Text bold color="blue">
            {'> '}
          </Text>
          <Text bold>
            {plain(item.text)}
            {item.origin && item.origin.surface !== 'TERMINAL' ? <Text dimColor> {where(item.origin)}</Text> : null}
          </Text>
        </Box>
      )
    case 'agentText':
      return <StyledText text={item.text} />
    case 'thought':
      return <Text dimColor>{lastLines(plain(item.text), THOUGHT_LINES)}</Text>
    case 'content':
      return (
        <Text dimColor>
          [{item.block.type}] {plain(item.block.name ?? item.block.uri ?? item.block.mediaType ?? '')}
        </Text>
      )
    case 'toolCall':
      return <ToolCall call={item.call} />
    case 'plan':
      return (
        <Box flexDirection="column">
          {item.entries.map((entry) => (
            <Text key={entry.content} dimColor={entry.status === 'completed'} bold={entry.status === 'in_progress'}>
              {STEP_SIGNS[entry.status] ?? '·'} {plain(entry.content)}
            </Text>
          ))}
        </Box>
      )
    case 'notice':
      return (
        <Text color={item.severity === 'error' ? 'red' : 'yellow'}>
          {plain(`${item.title}${item.description ? `: ${item.description}` : ''}`)}
        </Text>
      )
    case 'decisionSettled':
      return (
        <Text dimColor>
          {plain(item.title)} {plain(settled(item.settlement))}
        </Text>
      )
    case 'modeChanged':
      return (
        <Text dimColor>
          Mode: {plain(item.mode.name)}, set {where(item.origin)}
        </Text>
      )
    case 'turnEnded':
      return <TurnEnded stopReason={item.stopReason} detail={item.detail} heldPrompts={item.heldPrompts} at={item.at} />
    case 'agentExited':
      return <Text color="red">{plain(item.detail)}</Text>
    case 'unknown':
      return <Text dimColor>The agent sent “{plain(item.kind)}”, which this version does not show.</Text>
  }
}

function TurnEnded(turn: { stopReason: string; detail: string | null; heldPrompts: number; at: string }) {
  if (turn.stopReason === 'end_turn') return <Text> </Text>
  const held = turn.heldPrompts > 0 ? ` ${turn.heldPrompts} prompts are held; /release lets them go on.` : ''
  const cause =
    turn.stopReason === 'cancelled' ? 'Cancelled' : `Stopped: ${turn.detail ?? turn.stopReason.replaceAll('_', ' ')}`
  return (
    <Text color={turn.stopReason === 'cancelled' ? 'yellow' : 'red'}>
      {plain(`${cause} ${clock(turn.at)}.${held}`)}
    </Text>
  )
}
