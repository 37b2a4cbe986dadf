// The whole chain of an audit into a file of the browser's, as JSON lines with their hashes: offdesk audit verify reads it.
import { AuditExportDocument } from './documents.ts'
import { askAsAdmin, problemWords } from './use-admin.ts'

/** Resolves with what is to be said. `onCount` is told how many lines there are so far. */
export async function exportAudit(scopeId: string | null, onCount: (count: number) => void): Promise<string> {
  const parts: string[] = []
  let count = 0
  for (let after = 0; ; ) {
    const answer = await askAsAdmin(AuditExportDocument, { scopeId, after })
    if ('problem' in answer) return `Not exported: ${problemWords(answer.problem)}`
    const page = answer.data.auditExport
    parts.push(page.jsonl)
    count += page.jsonl.split('\n').length - 1
    onCount(count)
    after = page.after
    if (page.isComplete) break
  }
  const address = URL.createObjectURL(new Blob(parts, { type: 'application/jsonl' }))
  const link = document.createElement('a')
  link.href = address
  link.download = `audit-${scopeId ?? 'server'}.jsonl`
  link.click()
  // The browser has begun to read it; a minute is more than it needs.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
  return `${count} entries are in the file. Check it with: offdesk audit verify ${link.download}`
}
