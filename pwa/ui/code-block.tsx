// Code with syntax colours, once they are here. Scrolls sideways inside its own box.
import { memo, useMemo } from 'react'
import { highlightLines, type Run, useGrammars } from './highlight.ts'
import { VisibleText } from './visible-controls.tsx'

/** One line's runs. */
export function CodeRuns({ runs }: { runs: readonly Run[] }) {
  return runs.map((run, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: runs of a line have no identity but their place
    <span key={index} className={run.hue && `syntax-${run.hue}`}>
      <VisibleText text={run.text} mode="text" />
    </span>
  ))
}

/** `growing` is code that still streams: it is left plain, for colours would flicker and cost a pass for each piece. */
export const CodeBlock = memo(function CodeBlock(props: {
  code: string
  language?: string | undefined
  growing?: boolean | undefined
}) {
  const wanted = props.language !== undefined && !props.growing
  const ready = useGrammars(wanted)
  const lines = useMemo(
    () => highlightLines(props.code, ready && wanted ? props.language : undefined),
    [props.code, props.language, ready, wanted],
  )
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <pre className="code-block" tabIndex={0}>
      <code>
        {lines.map((runs, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place
          <span key={index}>
            <CodeRuns runs={runs} />
            {index < lines.length - 1 ? '\n' : ''}
          </span>
        ))}
      </code>
    </pre>
  )
})
