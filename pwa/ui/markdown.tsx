// An agent's markdown as React elements, straight from the lexer's tokens: no HTML string exists anywhere, so none can be injected (T8).
// Raw HTML is shown as the text it is, images are links and never load. Finished blocks keep their elements while the last one streams.
import type { Token, Tokens } from 'marked'
import { memo, type ReactNode, useEffect, useMemo, useRef } from 'react'
import { CodeBlock } from './code-block.tsx'
import { type Lexed, lexMarkdown } from './markdown-lex.ts'
import { decodeEntities, safeLink } from './markdown-links.ts'
import { VisibleText } from './visible-controls.tsx'

function Words({ text }: { text: string }) {
  return <VisibleText text={decodeEntities(text)} mode="text" />
}

function Linked({ href, title, children }: { href: string; title?: string | null; children: ReactNode }) {
  const safe = safeLink(href)
  // Not a link any more, and not silently a word: the address stays readable.
  if (safe === undefined)
    return (
      <>
        {children} <code className="md-code">{href}</code>
      </>
    )
  return (
    <a
      className="md-link"
      href={safe}
      title={title ? `${title} · ${safe}` : safe}
      target="_blank"
      rel="noopener noreferrer"
    >
      {children}
    </a>
  )
}

/** `tail` (the caret) goes after the very last piece, inside whatever holds it. */
function inline(tokens: readonly Token[] | undefined, tail?: ReactNode): ReactNode {
  if (!tokens || tokens.length === 0) return tail
  return tokens.map((token, index) => {
    const end = index === tokens.length - 1 ? tail : undefined
    // biome-ignore lint/suspicious/noArrayIndexKey: tokens have no identity but their place
    return <Inline key={index} token={token as Tokens.Generic & Token} tail={end} />
  })
}

function Inline({ token, tail }: { token: Token; tail?: ReactNode }): ReactNode {
  switch (token.type) {
    case 'strong':
      return <strong>{inline(token.tokens, tail)}</strong>
    case 'em':
      return <em>{inline(token.tokens, tail)}</em>
    case 'del':
      return <del>{inline(token.tokens, tail)}</del>
    case 'codespan':
      return (
        <>
          <code className="md-code">
            <VisibleText text={token.text} mode="text" />
          </code>
          {tail}
        </>
      )
    case 'br':
      return (
        <>
          <br />
          {tail}
        </>
      )
    case 'link':
      return (
        <>
          <Linked href={token.href} title={token.title}>
            {inline(token.tokens)}
          </Linked>
          {tail}
        </>
      )
    case 'image':
      return (
        <>
          <Linked href={token.href} title={token.title}>
            Image{token.text ? `: ${token.text}` : ''}
          </Linked>
          {tail}
        </>
      )
    case 'text':
      // In a tight list item the lexer nests inline tokens in a text token.
      if ('tokens' in token && token.tokens && token.tokens.length > 0) return inline(token.tokens, tail)
      return (
        <>
          <Words text={token.text} />
          {tail}
        </>
      )
    case 'escape':
      return (
        <>
          {token.text}
          {tail}
        </>
      )
    case 'checkbox':
      return tail
    default:
      // Raw HTML and whatever a later lexer adds: the source, as text.
      return (
        <>
          <VisibleText text={token.raw} mode="text" />
          {tail}
        </>
      )
  }
}

function blocks(tokens: readonly Token[], tail?: ReactNode): ReactNode {
  const shown = tokens.filter((token) => token.type !== 'space' && token.type !== 'def')
  if (shown.length === 0) return tail
  return shown.map((token, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: tokens have no identity but their place
    <BlockBody key={index} token={token} tail={index === shown.length - 1 ? tail : undefined} />
  ))
}

function Item({ item, tail }: { item: Tokens.ListItem; tail?: ReactNode }) {
  return (
    <li className={item.task ? 'md-task' : undefined}>
      {item.task && <input type="checkbox" checked={item.checked ?? false} disabled readOnly aria-label="Done" />}
      {blocks(item.tokens, tail)}
    </li>
  )
}

function BlockBody({ token, tail }: { token: Token; tail?: ReactNode }): ReactNode {
  switch (token.type) {
    case 'paragraph':
      return <p>{inline(token.tokens, tail)}</p>
    case 'heading': {
      // The screen owns h1 and h2.
      const level = Math.min(6, token.depth + 2)
      const Tag = level === 3 ? 'h3' : level === 4 ? 'h4' : level === 5 ? 'h5' : 'h6'
      return <Tag>{inline(token.tokens, tail)}</Tag>
    }
    case 'code':
      return (
        <>
          <CodeBlock code={token.text} language={token.lang?.split(/\s/)[0]} growing={tail !== undefined} />
          {tail}
        </>
      )
    case 'blockquote':
      return <blockquote>{blocks(token.tokens ?? [], tail)}</blockquote>
    case 'list': {
      const list = token as Tokens.List
      const items = list.items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: items have no identity but their place
        <Item key={index} item={item} tail={index === list.items.length - 1 ? tail : undefined} />
      ))
      return list.ordered ? <ol start={list.start === '' ? 1 : list.start}>{items}</ol> : <ul>{items}</ul>
    }
    case 'table':
      return <Table table={token as Tokens.Table} tail={tail} />
    case 'hr':
      return (
        <>
          <hr />
          {tail}
        </>
      )
    case 'html':
      return (
        <p className="md-raw">
          <VisibleText text={token.raw.trimEnd()} mode="text" />
          {tail}
        </p>
      )
    default:
      return <Inline token={token} tail={tail} />
  }
}

function Table({ table, tail }: { table: Tokens.Table; tail?: ReactNode }) {
  const align = (index: number) => (table.align[index] ? `md-${table.align[index]}` : undefined)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <div className="md-table" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {table.header.map((cell, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its place
              <th key={index} className={align(index)}>
                {inline(cell.tokens)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, rowIndex) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place
            <tr key={rowIndex}>
              {row.map((cell, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its place
                <td key={index} className={align(index)}>
                  {inline(cell.tokens)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {tail}
    </div>
  )
}

const caret = <span className="caret" aria-hidden="true" />

/** One top-level block. Equal source (and equal link definitions) is drawn once. */
const Block = memo(
  function Block({ token, last }: { token: Token; definitions: string; last: boolean }) {
    return <BlockBody token={token} tail={last ? caret : undefined} />
  },
  (before, after) =>
    before.token.raw === after.token.raw && before.definitions === after.definitions && before.last === after.last,
)

/** An agent's text. `streaming` puts a caret after its end; it appears as it comes. */
export const Markdown = memo(function Markdown({ text, streaming }: { text: string; streaming?: boolean | undefined }) {
  const last = useRef<Lexed>(undefined)
  const lexed = useMemo(() => lexMarkdown(text, last.current), [text])
  useEffect(() => {
    last.current = lexed
  }, [lexed])
  if (!lexed.blocks)
    return (
      <div className="md">
        <p className="md-raw">
          <VisibleText text={text} mode="text" />
          {streaming && caret}
        </p>
      </div>
    )
  const count = lexed.blocks.length
  return (
    <div className="md">
      {lexed.blocks.map((token, index) => (
        <Block
          // biome-ignore lint/suspicious/noArrayIndexKey: text only grows at its end
          key={index}
          token={token}
          definitions={lexed.definitions}
          last={streaming === true && index === count - 1}
        />
      ))}
      {streaming && count === 0 && caret}
    </div>
  )
})
