// What is typed at a terminal, within a sentence: it may wrap between words, never inside one. Knows no command.
import { Fragment } from 'react'

export function Typed({ children }: { children: string }) {
  return (
    <code>
      {children.split(' ').map((word, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: words of one text keep their places
        <Fragment key={at}>
          {at > 0 && ' '}
          {/* Browsers break after a hyphen. */}
          {word.includes('-') ? <span className="unbroken">{word}</span> : word}
        </Fragment>
      ))}
    </code>
  )
}
