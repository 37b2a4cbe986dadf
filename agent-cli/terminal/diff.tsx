/** A file's change as signed lines; the sign carries it without colour. */
import { structuredPatch } from 'diff'
import { Box, Text } from 'ink'
import { plain } from './plain-text.ts'

/** Lines shown before the rest is counted. */
export const DIFF_LINES = 30

export function Diff({ path, oldText, newText }: { path: string; oldText: string; newText: string }) {
  const patch = structuredPatch(path, path, oldText, newText, '', '', { context: 2 })
  const lines = patch.hunks.flatMap((hunk) => hunk.lines).filter((line) => !line.startsWith('\\'))
  const counts = {
    added: lines.filter((line) => line.startsWith('+')).length,
    removed: lines.filter((line) => line.startsWith('-')).length,
  }
  return (
    <Box flexDirection="column" paddingLeft={2}>
      <Text>
        {plain(path)} <Text color="green">+{counts.added}</Text> <Text color="red">−{counts.removed}</Text>
      </Text>
      {lines.slice(0, DIFF_LINES).map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines of one patch have no other identity
        <Signed key={index} line={line} />
      ))}
      {lines.length > DIFF_LINES ? <Text dimColor>… {lines.length - DIFF_LINES} more lines</Text> : null}
    </Box>
  )
}

function Signed({ line }: { line: string }) {
  const text = plain(line)
  if (line.startsWith('+')) return <Text color="green">{text}</Text>
  if (line.startsWith('-')) return <Text color="red">{text}</Text>
  return <Text dimColor>{text}</Text>
}
