// Cancel turn: the button, then how far its command is. What it stopped is told by the turn's end in the transcript.
import { TextLink } from '../../ui/button.tsx'
import { deviceWord } from '../../ui/device-word.ts'
import { isSettled } from './command-fields.ts'
import { useCommands, useOutbox, useSteering } from './steering.tsx'

/** One press, one command: pressed again while one is on its way nothing happens. */
export function useCancelTurn(turnId: string | null, hostName: string): { words: string | null; cancel: () => void } {
  const { send } = useSteering()
  const commands = useCommands()
  const { waiting } = useOutbox()
  const kept = waiting.some((entry) => entry.kind === 'cancelTurn' && entry.input.turnId === turnId)
  const last = commands.findLast((command) => command.__typename === 'CancelTurn' && command.turnId === turnId)
  const words = kept
    ? `Cancel kept on this ${deviceWord()}`
    : last && !isSettled(last)
      ? last.state === 'QUEUED'
        ? 'Cancel saved'
        : `Cancel delivered to ${hostName}`
      : last?.state === 'APPLIED' && turnId !== null
        ? `${hostName} is ending it`
        : null
  return {
    words,
    cancel() {
      if (words === null) void send('cancelTurn', { turnId }, 'Cancel turn')
    },
  }
}

export function CancelTurn(props: { turnId: string | null; hostName: string; hint?: string }) {
  const { words, cancel } = useCancelTurn(props.turnId, props.hostName)
  if (words !== null)
    return (
      <span className="ink-2" role="status">
        {words}
      </span>
    )
  return (
    <TextLink icon="stop" tone="ink" onClick={cancel}>
      Cancel turn
      {props.hint !== undefined && <kbd className="key-hint">{props.hint}</kbd>}
    </TextLink>
  )
}
