/** All that is asked, every control character visible; long evidence is folded until the person opens it (C1). */
import { Box, Text } from 'ink'
import { visible } from '../plain-text.ts'

/** Lines shown before the evidence is folded. */
export const EVIDENCE_LINES = 12

export const isLong = (evidence: string): boolean => evidence.split('\n').length > EVIDENCE_LINES

export function Evidence({ evidence, cwd, isOpen }: { evidence: string; cwd: string | null; isOpen: boolean }) {
  const lines = visible(evidence).split('\n')
  const shown = isOpen ? lines : lines.slice(0, EVIDENCE_LINES)
  return (
    <Box flexDirection="column" marginY={1}>
      <Text>{shown.join('\n')}</Text>
      {shown.length < lines.length ? <Text color="blue">v shows {lines.length - shown.length} more lines</Text> : null}
      {cwd ? <Text dimColor>Folder {visible(cwd)}</Text> : null}
    </Box>
  )
}
