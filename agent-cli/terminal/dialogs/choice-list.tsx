/** Rows to choose from by arrows and Enter, or by their digit. Takes no key for the first 400 ms, so that typing decides nothing. */
import { Box, Text } from 'ink'
import { useEffect, useState } from 'react'
import { visible } from '../plain-text.ts'
import { useFresh } from '../use-fresh.ts'
import { useKeys } from '../use-keys.ts'

/** How long a dialog that has just appeared takes no answer, milliseconds. */
export const INERT_MS = 400

export type Row = { readonly id: string; readonly label: string; readonly note?: string | undefined }

export function ChoiceList({
  rows,
  isActive,
  onChoose,
  onKey,
}: {
  rows: readonly Row[]
  isActive: boolean
  onChoose(id: string): void
  onKey?(input: string): void
}) {
  const [at, place] = useFresh(() => 0)
  const isLive = useInertStart()
  useKeys(
    (input, key) => {
      if (key.upArrow) return place.set((place.now + rows.length - 1) % rows.length)
      if (key.downArrow) return place.set((place.now + 1) % rows.length)
      // Ctrl+C and Ctrl+E belong to the screen.
      if (!isLive || key.ctrl || key.meta) return
      const chosen = key.return ? rows[place.now] : /^[1-9]$/.test(input) ? rows[Number(input) - 1] : undefined
      if (chosen) onChoose(chosen.id)
      else if (input) onKey?.(input)
    },
    { isActive },
  )
  return (
    <Box flexDirection="column">
      {rows.map((row, index) => (
        <Text key={row.id} {...(index === at && isActive ? { color: 'blue', bold: true } : {})}>
          {index === at && isActive ? '❯' : ' '} {index + 1} {visible(row.label)}
          {row.note ? <Text dimColor> {visible(row.note)}</Text> : null}
        </Text>
      ))}
    </Box>
  )
}

/** False for INERT_MS after the component appeared. */
export function useInertStart(): boolean {
  const [isLive, setLive] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLive(true), INERT_MS)
    return () => clearTimeout(timer)
  }, [])
  return isLive
}
