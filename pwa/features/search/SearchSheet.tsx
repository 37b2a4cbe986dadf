// Search in a session: a field, and what holds the words, newest first, each with the words around. A tap goes to the place.
import './search.css'
import { useContext, useEffect, useRef } from 'react'
import { ClockContext } from '../../ui/age.tsx'
import { momentWords } from '../../ui/age-words.ts'
import { Button, TextLink } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Row } from '../../ui/row.tsx'
import { Sheet, SheetPart } from '../../ui/sheet.tsx'
import { VisibleText } from '../../ui/visible-controls.tsx'
import type { Excerpt } from './hit.ts'
import { type Found, MAX_SEARCH_CHARS } from './search.ts'
import type { Find } from './use-find.ts'

function Words({ excerpt }: { excerpt: Excerpt }) {
  return (
    <span className="search-words">
      <VisibleText text={excerpt.before} mode="text" />
      <mark>
        <VisibleText text={excerpt.match} mode="text" />
      </mark>
      <VisibleText text={excerpt.after} mode="text" />
    </span>
  )
}

/** How it stands, for eyes and ears: one sentence. */
export function foundWords(found: Found | null): string {
  if (found === null) return 'Looks in everything said, thought and run in this session.'
  const count = found.hits.length
  if (found.problem)
    return `Not all was looked at: ${found.problem.code === 'OFFLINE' ? 'the server gave no answer.' : found.problem.message}`
  const places = count === 1 ? '1 place' : `${count} places`
  if (found.state === 'looking') return count === 0 ? 'Looking' : `${places} so far, looking further back`
  if (count === 0) return `Nothing here holds “${found.words}”.`
  return found.state === 'more' ? `The newest ${places}` : places
}

export function SearchSheet({ find }: { find: Find }) {
  const { found } = find
  const now = useContext(ClockContext).read()
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    // The dialog takes the focus when it opens; the field is what it was opened for.
    const request = find.isOpen ? requestAnimationFrame(() => input.current?.focus()) : 0
    return () => cancelAnimationFrame(request)
  }, [find.isOpen])
  return (
    <Sheet
      open={find.isOpen}
      onClose={find.close}
      label="Search in this session"
      inertMs={0}
      footer={
        <Button kind="quiet" tall block onClick={find.close}>
          Close
        </Button>
      }
    >
      <div className="search">
        <SheetPart>
          <search>
            <form
              onSubmit={(event) => {
                event.preventDefault()
                find.goTo(0)
              }}
            >
              <Field
                label="Search in this session"
                hideLabel
                type="search"
                ref={input}
                placeholder="Words in this session"
                enterKeyHint="search"
                autoComplete="off"
                maxLength={MAX_SEARCH_CHARS}
                value={find.words}
                onChange={find.setWords}
              />
            </form>
          </search>
          <p className="search-state" role="status">
            {foundWords(found)}
          </p>
        </SheetPart>
        {found?.hits.map((hit, index) => (
          <Row
            key={hit.seq}
            sheet
            wrap
            lead={<Icon name={hit.icon} size={18} />}
            title={<Words excerpt={hit.excerpt} />}
            detail={
              <>
                <VisibleText text={hit.who} mode="text" /> · {momentWords(Date.parse(hit.at), now)}
              </>
            }
            chosen={find.hit?.seq === hit.seq}
            onClick={() => find.goTo(index)}
          />
        ))}
        {found && (found.state === 'more' || found.problem) && (
          <p className="search-more">
            <TextLink onClick={find.more}>{found.problem ? 'Try again' : 'Look further back'}</TextLink>
          </p>
        )}
      </div>
    </Sheet>
  )
}
