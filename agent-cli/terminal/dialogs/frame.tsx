/** The frame every dialog shares: the question, who else may answer it, what it is about. */
import { Box, Text } from 'ink'
import type { ReactNode } from 'react'
import { plain } from '../plain-text.ts'

export function Frame({
  title,
  waiting,
  hint,
  children,
}: {
  title: string
  waiting: number
  hint: string
  children: ReactNode
}) {
  return (
    <Box flexDirection="column" borderStyle="round" borderColor="yellow" paddingX={1}>
      <Text bold>
        {plain(title)}
        {waiting > 1 ? <Text dimColor> {waiting - 1} more waiting</Text> : null}
      </Text>
      {children}
      <Text dimColor>{hint}</Text>
    </Box>
  )
}
