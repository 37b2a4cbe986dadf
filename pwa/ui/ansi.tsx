// Terminal output in the colours of the theme. Text only: nothing in it can move, hide or name anything outside its box (T8).
import { memo } from 'react'
import { type AnsiSpan, ansiSpans } from './ansi-spans.ts'
import { VisibleText } from './visible-controls.tsx'

function className(span: AnsiSpan): string | undefined {
  const names = [
    span.colour && `ansi-${span.colour}`,
    span.bold && 'ansi-bold',
    span.dim && 'ansi-dim',
    span.italic && 'ansi-italic',
    span.underline && 'ansi-underline',
    span.struck && 'ansi-struck',
    span.inverse && 'ansi-inverse',
  ].filter(Boolean)
  return names.length > 0 ? names.join(' ') : undefined
}

/** Output with ANSI colours. Lines keep their shape and scroll sideways; `wrap` breaks them instead. */
export const Ansi = memo(function Ansi({ text, wrap }: { text: string; wrap?: boolean | undefined }) {
  return (
    <pre className={wrap ? 'terminal terminal-wrap' : 'terminal'}>
      {ansiSpans(text).map((span, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: output only grows at its end
        <span key={index} className={className(span)}>
          <VisibleText text={span.text} mode="text" />
        </span>
      ))}
    </pre>
  )
})
