/** Decides which transcript items are final and may be printed into the terminal's scrollback for good. Pure. */
import type { SessionView, TranscriptItem } from '../bridge/view.ts'

/** Items from the front that will not change any more. An item behind a changing one waits, so that order is kept. */
export function finalItems(view: SessionView): readonly TranscriptItem[] {
  const items = view.transcript.items
  const changing = items.findIndex((item, index) => !isFinal(item, index === items.length - 1, view.turn !== null))
  return changing < 0 ? items : items.slice(0, changing)
}

function isFinal(item: TranscriptItem, isLast: boolean, isWorking: boolean): boolean {
  if (item.is === 'toolCall')
    return !isWorking || item.call.endedWithTurn || item.call.status === 'completed' || item.call.status === 'failed'
  if (item.is === 'agentText' || item.is === 'thought') return !isLast || !isWorking
  return true
}
