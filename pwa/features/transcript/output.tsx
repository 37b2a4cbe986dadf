// Terminal output in a card: its last lines, all of it on request, in a box of its own so that a long one does not bury the talk.
import { useState } from 'react'
import { Ansi } from '../../ui/ansi.tsx'
import { withoutFence } from './tool-words.ts'

/** Up to these many lines are shown whole. */
const SHORT_LINES = 24
/** Of a longer output the end says most. */
const LAST_LINES = 16

/** `partial`: this is the beginning of something longer, of which the end is not here. */
export function Output({ text, wrap, partial }: { text: string; wrap?: boolean; partial?: boolean }) {
  const [all, setAll] = useState(false)
  const whole = withoutFence(text)
  const lines = whole.replace(/\n+$/, '').split('\n')
  const long = lines.length > SHORT_LINES
  const colours = wrap === undefined ? {} : { wrap }
  if (partial && long) return <Ansi text={lines.slice(0, LAST_LINES).join('\n')} {...colours} />
  if (!long) return <Ansi text={whole} {...colours} />
  return (
    <>
      <button type="button" className="tr-lines" aria-expanded={all} onClick={() => setAll(!all)}>
        {all ? `Show the last ${LAST_LINES} lines` : `Show all ${lines.length.toLocaleString('en')} lines`}
      </button>
      {all ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
        <div className="tr-output" tabIndex={0}>
          <Ansi text={whole} {...colours} />
        </div>
      ) : (
        <Ansi text={lines.slice(-LAST_LINES).join('\n')} {...colours} />
      )}
    </>
  )
}
