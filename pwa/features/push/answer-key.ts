// The key under which a notification's button sends its answer (C1). Pure.
import { sha256, toBase64Url, utf8 } from '../../../protocol/bytes.ts'
import type { NoticeAnswer } from './notice.ts'

/** 22 signs that follow from the choice and its notification alone: what was refused before is asked anew by the next one (D5). */
export async function answerKey(answer: NoticeAnswer): Promise<string> {
  const { decisionId, epoch, optionId, shownAtMs } = answer
  const chosen = ['offdesk/notice/2', decisionId, epoch, optionId, shownAtMs].join('\n')
  return `n_${toBase64Url(await sha256(utf8(chosen))).slice(0, 22)}`
}
