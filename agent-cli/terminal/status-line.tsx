/** The line under the prompt: state, mode, remote, usage. */
import { Box, Text } from 'ink'
import type { SessionView } from '../bridge/view.ts'
import { plain } from './plain-text.ts'
import { useNow } from './use-session.ts'
import { pinsInWords, remoteInWords, stateInWords } from './words.ts'

export function StatusLine({ view }: { view: SessionView }) {
  const isRunning = view.turn !== null || view.remote.state === 'reconnecting'
  const now = useNow(isRunning)
  const parts = [stateInWords(view, now), mode(view), remoteInWords(view.remote, now)]
  if (view.usage) parts.push(usage(view.usage))
  const pins = pinsInWords(view.remote)
  if (pins !== null) parts.push(pins)
  if (view.journal.state === 'failed') parts.push(view.journal.message ?? 'Nothing more can be written to disk')
  const isWaiting = view.decisions.length > 0
  return (
    <Box>
      <Text dimColor={!isWaiting} {...(isWaiting ? { color: 'yellow' } : {})} wrap="truncate-end">
        {plain(parts.filter(Boolean).join(' · '))}
      </Text>
    </Box>
  )
}

function mode({ mode }: SessionView): string {
  const name = mode.effective?.name ?? ''
  return mode.requested && mode.requested.id !== mode.effective?.id ? `${name}, ${mode.requested.name} asked` : name
}

function usage(usage: NonNullable<SessionView['usage']>): string {
  const tokens = usage.used >= 1000 ? `${Math.round(usage.used / 1000)}k tokens` : `${usage.used} tokens`
  const cost = usage.costAmount === null ? '' : `, ${usage.costAmount.toFixed(2)} ${usage.costCurrency ?? ''}`.trimEnd()
  return tokens + cost
}
