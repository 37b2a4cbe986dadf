/** An agent's markdown as calm terminal text: headings and emphasis in weight, code in its own colour. Never obeys control characters (T8). */
import { Box, Text } from 'ink'
import { plain } from './plain-text.ts'

export function StyledText({ text, dim = false }: { text: string; dim?: boolean }) {
  let inFence = false
  return (
    <Box flexDirection="column">
      {plain(text)
        .split('\n')
        .map((line, index) => {
          const isFence = /^\s*(```|~~~)/.test(line)
          if (isFence) inFence = !inFence
          // biome-ignore lint/suspicious/noArrayIndexKey: lines of one text have no other identity
          return <Line key={index} line={line} isCode={inFence || isFence} dim={dim} />
        })}
    </Box>
  )
}

function Line({ line, isCode, dim }: { line: string; isCode: boolean; dim: boolean }) {
  if (line === '') return <Text> </Text>
  if (isCode) return <Text color="cyan">{line}</Text>
  const heading = /^#{1,6}\s+(.*)$/.exec(line)
  if (heading) return <Text bold>{heading[1]}</Text>
  const bullet = /^(\s*)[-*]\s+(.*)$/.exec(line)
  const words = bullet ? `${bullet[1]}• ${bullet[2]}` : line
  return (
    <Text dimColor={dim}>
      {words.split(/(\*\*[^*]+\*\*|`[^`]+`)/).map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts of one line have no other identity
        <Part key={index} part={part} />
      ))}
    </Text>
  )
}

function Part({ part }: { part: string }) {
  if (part.startsWith('**') && part.length > 4) return <Text bold>{part.slice(2, -2)}</Text>
  if (part.startsWith('`') && part.length > 2) return <Text color="cyan">{part.slice(1, -1)}</Text>
  return part
}
