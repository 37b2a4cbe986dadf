// Evidence, cut into what a person reads: command, folder, paths, changes. The parts hold every character of it: where the cut
// would not give the same string back, or could be led astray by what the agent wrote, it is shown as it came. Pure.
import type { DiffLine, FileDiff } from '../../ui/diff-lines.ts'

export type EvidenceParts = {
  /**
   * What would run, or what is asked; with the agent's own title under it where it gave another. The two are not told apart: a
   * command could hold a line that looks like a title.
   */
  command: string
  folder: string
  paths: readonly string[]
  /** Further input and texts, verbatim. */
  rest: readonly string[]
  changes: readonly FileDiff[]
}

const gap = '\n\n'
const countOf = (text: string, part: string): number => text.split(part).length - 1

const changeOf = (block: string): FileDiff | null => {
  const [head = '', ...body] = block.split('\n')
  const created = /^New file (.*)$/.exec(head)
  const changed = /^Change in (.*), from line (\d+)$/.exec(head)
  const path = created?.[1] ?? changed?.[1]
  if (path === undefined || body.length === 0 || !body.every((line) => /^[+-]/.test(line))) return null
  let oldNumber = Number(changed?.[2] ?? 1)
  let newNumber = oldNumber
  let added = 0
  let removed = 0
  const lines = body.map((line): DiffLine => {
    const text = line.slice(1)
    if (line.startsWith('-')) {
      removed += 1
      return { kind: 'removed', oldNumber: oldNumber++, text }
    }
    added += 1
    return { kind: 'added', newNumber: newNumber++, text }
  })
  return { path, added, removed, lines }
}

/** Null when the evidence is not of the form hosts write, or names a folder twice: then only the whole is the truth. */
export function evidenceParts(evidence: string): EvidenceParts | null {
  const folderMark = `${gap}Folder: `
  const pathsMark = `${gap}Paths:\n`
  if (countOf(evidence, folderMark) !== 1 || countOf(evidence, pathsMark) > 1) return null

  const [command = '', afterFolder = ''] = evidence.split(folderMark)
  const [folder = '', ...blocks] = afterFolder.split(gap)
  const first = blocks[0]
  const paths = first?.startsWith('Paths:\n') ? first.slice('Paths:\n'.length).split('\n') : []
  const others = paths.length > 0 ? blocks.slice(1) : blocks

  const rest: string[] = []
  const changes: FileDiff[] = []
  for (const block of others) {
    const change = changeOf(block)
    // A change is recognised only after the input: order must survive, so that nothing hides between the lines.
    if (change) changes.push(change)
    else if (changes.length > 0) return null
    else rest.push(block)
  }
  if (folder.includes('\n') || paths.some((path) => path === '')) return null
  return { command, folder, paths, rest, changes }
}

/** Everything asked fits into what an inbox row shows: one short command and its folder. */
export function isAllVisible(evidence: string, parts: EvidenceParts | null): boolean {
  if (!parts) return evidence.length <= 160 && !evidence.includes('\n')
  return (
    parts.command.length <= 160 &&
    countOf(parts.command, '\n') < 3 &&
    parts.paths.length === 0 &&
    parts.rest.length === 0 &&
    parts.changes.length === 0
  )
}

/** `2 lines, patch in 2 files`: what an inbox row says of evidence it does not show. */
export function evidenceSummary(evidence: string, parts: EvidenceParts | null): string {
  const lines = countOf(parts?.command ?? evidence, '\n') + 1
  const words = [lines === 1 ? '1 line' : `${lines} lines`]
  const files = parts?.changes.length ?? 0
  if (files > 0) words.push(files === 1 ? 'a change to 1 file' : `changes to ${files} files`)
  else if (parts && parts.rest.length > 0) words.push('with further input')
  return words.join(', ')
}
