/** What is said: texts, contents, notices, and what stands in for what cannot be shown. */
import { z } from 'zod'
import { bodyRef, contentBlock, id, instant, int, maybe, short, text } from './values.ts'

const said = z.object({ messageId: id, text, textBody: maybe(bodyRef) })

export const transcriptKinds = {
  UserText: said,
  AgentText: said,
  AgentThought: said,
  ContentShown: z.object({ messageId: id, role: short, block: contentBlock }),
  NoticeShown: z.object({ severity: short, title: text, description: maybe(text) }),
  CompactionChanged: z.object({ compactionId: id, status: short, summary: maybe(text), error: maybe(text) }),
  HistoryWithheld: z.object({ count: int.min(0), since: instant, until: instant }),
  Tombstone: z.object({ reason: text, replacedKind: short }),
  TitleChanged: z.object({ title: text }),
}
