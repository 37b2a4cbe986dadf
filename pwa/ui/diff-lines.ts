// A change as numbered lines, from two texts or from a unified patch. Pure; knows no colours and no folding.
import { parsePatch, type StructuredPatch, structuredPatch } from 'diff'

export type DiffLine =
  | { kind: 'same'; oldNumber: number; newNumber: number; text: string }
  | { kind: 'added'; newNumber: number; text: string }
  | { kind: 'removed'; oldNumber: number; text: string }
  /** Lines left out between two hunks. */
  | { kind: 'gap' }
  /** What is said about the lines, such as a missing newline at the end. */
  | { kind: 'remark'; text: string }

export type FileDiff = { path: string; added: number; removed: number; lines: DiffLine[] }

// A longer edit is shown as all out, all in: the search for the shortest would hold the screen.
const longestSearchMs = 250

function fromPatch(patch: StructuredPatch): FileDiff {
  const lines: DiffLine[] = []
  let added = 0
  let removed = 0
  for (const [index, hunk] of patch.hunks.entries()) {
    if (index > 0) lines.push({ kind: 'gap' })
    let oldNumber = hunk.oldStart
    let newNumber = hunk.newStart
    for (const line of hunk.lines) {
      const text = line.slice(1)
      if (line.startsWith('+')) {
        lines.push({ kind: 'added', newNumber: newNumber++, text })
        added++
      } else if (line.startsWith('-')) {
        lines.push({ kind: 'removed', oldNumber: oldNumber++, text })
        removed++
      } else if (line.startsWith('\\')) lines.push({ kind: 'remark', text: text.trim() })
      else lines.push({ kind: 'same', oldNumber: oldNumber++, newNumber: newNumber++, text })
    }
  }
  return { path: fileName(patch), added, removed, lines }
}

function fileName(patch: StructuredPatch): string {
  const named = [patch.newFileName, patch.oldFileName, patch.index].find((name) => name && name !== '/dev/null')
  return (named ?? '').replace(/^[ab]\//, '')
}

/** The change between two texts; `null` before means a new file, `null` after a deleted one. */
export function diffOfTexts(path: string, before: string | null, after: string | null): FileDiff {
  const patch = structuredPatch('', '', before ?? '', after ?? '', '', '', { context: 3, timeout: longestSearchMs })
  if (patch) return { ...fromPatch(patch), path }
  const rows = (text: string) => (text === '' ? [] : text.replace(/\n$/, '').split('\n'))
  const out = rows(before ?? '').map((text, i): DiffLine => ({ kind: 'removed', oldNumber: i + 1, text }))
  const into = rows(after ?? '').map((text, i): DiffLine => ({ kind: 'added', newNumber: i + 1, text }))
  return { path, added: into.length, removed: out.length, lines: [...out, ...into] }
}

/** The files of a unified patch, in its order. What is no patch comes back as one nameless file of remarks: nothing is dropped. */
export function diffOfPatch(text: string): FileDiff[] {
  const plain = () => [
    {
      path: '',
      added: 0,
      removed: 0,
      lines: text.split('\n').map((line): DiffLine => ({ kind: 'remark', text: line })),
    },
  ]
  try {
    const files = parsePatch(text).map(fromPatch)
    return files.some((file) => file.lines.length > 0) ? files : plain()
  } catch {
    return plain()
  }
}

/** Lines in and out over several files. */
export function countLines(files: readonly FileDiff[]): { added: number; removed: number } {
  return files.reduce((sum, file) => ({ added: sum.added + file.added, removed: sum.removed + file.removed }), {
    added: 0,
    removed: 0,
  })
}
