// A change on the screen: numbers, a sign column that carries it without colour, two grounds; long ones folded, wide ones scrolled inside.
import { memo, useMemo, useState } from 'react'
import { CodeRuns } from './code-block.tsx'
import type { DiffLine, FileDiff } from './diff-lines.ts'
import { highlightLines, languageOf, type Run, useGrammars } from './highlight.ts'

/** `+4 −1`; a zero is left out, and nothing at all says so. */
export function DiffCounts({ added, removed }: { added: number; removed: number }) {
  if (added === 0 && removed === 0) return <span className="diff-counts">no lines</span>
  return (
    <span className="diff-counts">
      {added > 0 && (
        <span className="diff-count-in">
          +{added}
          <span className="sr-only">{added === 1 ? ' line added' : ' lines added'}</span>
        </span>
      )}
      {removed > 0 && (
        <span className="diff-count-out">
          −{removed}
          <span className="sr-only">{removed === 1 ? ' line removed' : ' lines removed'}</span>
        </span>
      )}
    </span>
  )
}

/** Colours each side as a whole text, so that a comment or string over several lines is seen as one. */
function colouredLines(file: FileDiff, language: string | undefined): Map<DiffLine, Run[]> {
  const runs = new Map<DiffLine, Run[]>()
  for (const side of ['removed', 'added'] as const) {
    const lines = file.lines.filter((line) => line.kind === side || line.kind === 'same')
    const coloured = highlightLines(lines.map((line) => ('text' in line ? line.text : '')).join('\n'), language)
    for (const [index, line] of lines.entries()) runs.set(line, coloured[index] ?? [])
  }
  return runs
}

const signs = { added: '+', removed: '-', same: ' ', remark: ' ', gap: ' ' }
const spoken = { added: 'added ', removed: 'removed ', same: '', remark: '', gap: '' }

function Lines({ file, most }: { file: FileDiff; most: number }) {
  const language = languageOf(file.path)
  const ready = useGrammars(language !== undefined)
  const runs = useMemo(() => colouredLines(file, ready ? language : undefined), [file, ready, language])
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <div className="diff-scroll" tabIndex={0}>
      <div className="diff-lines">
        {file.lines.slice(0, most).map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place
          <div key={index} className={`diff-line diff-${line.kind}`}>
            <span className="diff-number">
              {line.kind === 'removed' ? line.oldNumber : 'newNumber' in line ? line.newNumber : ''}
            </span>
            <span className="diff-sign" aria-hidden="true">
              {signs[line.kind]}
            </span>
            <span className="diff-text">
              {spoken[line.kind] && <span className="sr-only">{spoken[line.kind]}</span>}
              {line.kind === 'gap' ? (
                '⋯'
              ) : line.kind === 'remark' ? (
                line.text
              ) : (
                <CodeRuns runs={runs.get(line) ?? []} />
              )}
            </span>
          </div>
        ))}
      </div>
    </div>
  )
}

/**
 * The files of a change, edge to edge in its frame. Beyond `foldAfter` lines the rest waits behind "Show all N lines";
 * `names` shows each file's path (leave it out when the row above already names the one file).
 */
export const Diff = memo(function Diff(props: {
  files: readonly FileDiff[]
  foldAfter?: number | undefined
  names?: boolean | undefined
}) {
  const [open, setOpen] = useState(false)
  const all = props.files.reduce((sum, file) => sum + file.lines.length, 0)
  const folded = !open && props.foldAfter !== undefined && all > props.foldAfter
  let left = folded ? (props.foldAfter ?? all) : all
  return (
    <div className="diff">
      {props.files.map((file, index) => {
        const most = left
        left = Math.max(0, left - file.lines.length)
        if (most === 0) return null
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a patch may name a file twice
          <section key={index} className="diff-file" aria-label={file.path || 'Patch'}>
            {props.names && file.path !== '' && <div className="diff-path">{file.path}</div>}
            <Lines file={file} most={most} />
          </section>
        )
      })}
      {folded && (
        <button type="button" className="diff-more" onClick={() => setOpen(true)}>
          Show all {all} lines
        </button>
      )}
    </div>
  )
})
