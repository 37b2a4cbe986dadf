// The queue a person sees: what the session's row says, laid under what newer events say of the same prompts. Pure.
import type { PromptItem, Transcript } from '../transcript/items/shape.ts'
import type { SessionDetail } from './session-detail.ts'

/** A prompt that waits on the host. `at`: since when it is in that state. */
export type Queued = Pick<
  PromptItem,
  'promptId' | 'text' | 'delivery' | 'modeId' | 'attachments' | 'origin' | 'reason' | 'at'
> & {
  state: 'QUEUED' | 'HELD'
}

const waits = (state: string): state is 'QUEUED' | 'HELD' => state === 'QUEUED' || state === 'HELD'

/** In the host's order. An event decides over a row that is older than it; both are stamped by the host's clock. */
export function queueOf(
  detail: Pick<SessionDetail, 'prompts'> | null,
  transcript: Pick<Transcript, 'queue' | 'items'>,
): readonly Queued[] {
  const told = new Map(transcript.queue.map((item) => [item.promptId, item]))
  const begun = new Set(transcript.items.flatMap((item) => (item.kind === 'prompt' ? [item.promptId] : [])))
  const queue: Queued[] = []
  const seen = new Set<string>()
  for (const prompt of detail?.prompts ?? []) {
    seen.add(prompt.id)
    if (begun.has(prompt.id)) continue
    const event = told.get(prompt.id)
    if (event && waits(event.state) && event.at >= prompt.since) queue.push({ ...event, state: event.state })
    else if (waits(prompt.state)) queue.push({ ...prompt, promptId: prompt.id, at: prompt.since, state: prompt.state })
  }
  for (const item of transcript.queue)
    if (!seen.has(item.promptId) && waits(item.state)) queue.push({ ...item, state: item.state })
  return queue
}
