// What another process published under this session before it was fenced (E4): said in the transcript, and closed where nobody is left to close it.
import type { EventBody } from '../agent/translate/event-body.ts'
import type { Caller } from '../remote/credentials.ts'
import { type Foreign, foreignAt, type Held } from '../remote/forks.ts'
import type { ResultOf } from '../remote/graphql.ts'
import { ReadForeign } from '../remote/session-operations.ts'
import { createOpenThings } from './left-open.ts'
import type { SessionJournal } from './session-journal.ts'

/**
 * Before anything is pushed: where the server holds events of another process, this journal's go on above them, and `record` is given what is to be
 * said of it. Rejects like `call`, or with JournalError when the new numbers cannot be kept; then nothing has changed.
 */
export async function agree(
  journal: Pick<SessionJournal, 'id' | 'published'>,
  call: Caller,
  held: Held,
  record: (body: EventBody) => Promise<unknown>,
): Promise<void> {
  const foreign = await foreignAt({ call, sessionId: journal.id, log: journal.published, held })
  if (foreign === null) return
  const bodies = await afterForeign(call, journal.id, foreign)
  await journal.published.continueAbove(foreign.firstSeq - 1, foreign.lastSeq)
  for (const body of bodies) void record(body)
}

async function afterForeign(call: Caller, sessionId: string, foreign: Foreign): Promise<EventBody[]> {
  const open = createOpenThings()
  for (let after = foreign.firstSeq - 1; after < foreign.lastSeq; ) {
    const { session } = await call(ReadForeign, { sessionId, after: String(after) })
    const nodes = (session?.events.edges ?? []).map(({ node }) => node).filter(({ seq }) => seq <= foreign.lastSeq)
    for (const node of nodes) {
      const body = bodyOf(node)
      if (body !== null) open.saw(body)
    }
    after = nodes.at(-1)?.seq ?? foreign.lastSeq
  }
  const count = foreign.lastSeq - foreign.firstSeq + 1
  const title = `Another process wrote the ${count} events before this one, from a copy of this session. It is fenced now: this process goes on.`
  return [{ noticeShown: { severity: 'warning', title } }, ...open.closings({ turn: false, why: fenced })]
}

const fenced = 'The process that had this was fenced by a newer one on the same session.'

type Node = NonNullable<ResultOf<typeof ReadForeign>['session']>['events']['edges'][number]['node']

function bodyOf(node: Node): EventBody | null {
  switch (node.__typename) {
    case 'DecisionOpened':
      // Only its id counts here: the rest is what a reader was shown already.
      return { decisionOpened: { decisionId: node.decisionId } } as EventBody
    case 'DecisionSettled':
      return { decisionSettled: { decisionId: node.decisionId } } as EventBody
    case 'ToolCallChanged':
      return {
        toolCallChanged: {
          toolCallId: node.toolCallId,
          status: node.callStatus,
          endedWithTurn: node.endedWithTurn ?? false,
        },
      }
    case 'PromptChanged': {
      const { promptId, promptState: state, text, delivery, modeId, turnId, origin, attachments } = node
      return { promptChanged: { promptId, state, text, delivery, modeId, turnId, origin, attachments } }
    }
    default:
      return null
  }
}
