// What would run, verbatim: wrapped, never elided, every unseen character a blue sign. And the facts beside it.
import { Fragment, type ReactNode } from 'react'
import { VisibleText } from './visible-controls.tsx'

/** The whole command. Direction is forced left to right, so that its order is the order of its bytes. */
export function CommandBlock({ text, label = 'Command' }: { text: string; label?: string | undefined }) {
  return (
    <figure className="command" aria-label={label}>
      <pre>
        {text.split(/( +|\n)/).map((piece, index) =>
          // A word stays whole on its line while it can: a break after a hyphen would make two arguments of one.
          // biome-ignore lint/suspicious/noArrayIndexKey: a word is its place
          index % 2 === 1 ? <VisibleText key={index} text={piece} /> : <Word key={index} text={piece} />,
        )}
      </pre>
    </figure>
  )
}

function Word({ text }: { text: string }) {
  if (text === '') return null
  return (
    <span className="command-word">
      <VisibleText text={text} />
    </span>
  )
}

export type KeyValue = { key: string; value: string | readonly string[]; plain?: boolean | undefined }

/** Folder, Branch, Paths: a value in mono unless `plain`, several values each on a line, wrapped and never cut. */
export function KeyValues({ pairs }: { pairs: readonly KeyValue[] }): ReactNode {
  return (
    <dl className="key-values">
      {pairs.map((pair) => (
        <Fragment key={pair.key}>
          <dt>{pair.key}</dt>
          <dd className={pair.plain ? undefined : 'mono'}>
            {(typeof pair.value === 'string' ? [pair.value] : pair.value).map((value, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: values may repeat and never move
              <span key={index}>
                <VisibleText text={value} />
              </span>
            ))}
          </dd>
        </Fragment>
      ))}
    </dl>
  )
}
