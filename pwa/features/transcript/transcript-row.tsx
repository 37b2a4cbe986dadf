// One item of a transcript on the screen. Drawn again only when the item itself changed.
import { memo, useContext, useState } from 'react'
import { Age, ClockContext } from '../../ui/age.tsx'
import { lengthWords, momentWords } from '../../ui/age-words.ts'
import { TextLink } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Markdown } from '../../ui/markdown.tsx'
import { Divider } from '../../ui/note.tsx'
import { PromptCard } from '../../ui/prompt-card.tsx'
import { Receipt } from '../../ui/receipt.tsx'
import { Group } from '../../ui/row.tsx'
import { ThoughtFold } from '../../ui/tool-row.tsx'
import { VisibleText } from '../../ui/visible-controls.tsx'
import { sizeWords } from './body.ts'
import { BodyText } from './body-view.tsx'
import { DecisionLine } from './decision-line.tsx'
import type { Item, NoteItem, PromptItem, ThoughtItem, ToolsItem, TurnEndItem } from './items/shape.ts'
import { ShownBlock } from './shown-block.tsx'
import { ToolCard } from './tool-card.tsx'
import { useTranscript } from './transcript-context.tsx'
import { modeWords, noteWords, promptWords, turnEndWords } from './transcript-words.ts'

/** Now, as of this drawing: clock times carry their day only once it is another day. */
const useReading = () => useContext(ClockContext).read()

/** A longer run shows its last calls; the others wait behind one row. */
const LONG_RUN = 8
const SHOWN_OF_LONG_RUN = 5

export function Attached({ attachments }: { attachments: PromptItem['attachments'] }) {
  if (attachments.length === 0) return null
  return (
    <ul className="tr-attached">
      {attachments.map((one, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same file may be attached twice
        <li key={index}>
          <Icon name={one.mediaType.startsWith('image/') ? 'image' : 'paperclip'} size={16} />
          <span className="cut">{one.name}</span>
          <span className="ink-3 num">{sizeWords(one.size)}</span>
        </li>
      ))}
    </ul>
  )
}

function Prompt({ item }: { item: PromptItem }) {
  const { hostName, deviceId, sendAgain } = useTranscript()
  const words = promptWords(item, { hostName, deviceId, now: useReading() })
  if (item.state === 'WITHDRAWN') return <p className="tr-line cut">Withdrawn: {item.text}</p>
  const text = (
    <>
      <VisibleText text={item.text} mode="text" />
      <Attached attachments={item.attachments} />
    </>
  )
  if (item.state === 'UNKNOWN')
    return (
      <PromptCard
        state="unknown"
        why={{
          title: words,
          text: item.reason ?? `${hostName} restarted in the middle of it. Look before you send it again.`,
        }}
        actions={<TextLink onClick={() => sendAgain(item.text)}>Send again</TextLink>}
      >
        {text}
      </PromptCard>
    )
  const refused = item.state === 'REFUSED'
  return (
    <PromptCard
      receipt={
        refused || item.origin.surface === 'TERMINAL' ? (
          <p className="tr-receipt">
            <Icon name={refused ? 'lock' : 'terminal'} size={16} />
            {words}
          </p>
        ) : (
          <Receipt step="applied">{words}</Receipt>
        )
      }
    >
      {text}
    </PromptCard>
  )
}

function Thought({ item }: { item: ThoughtItem }) {
  const title =
    item.endedAt === null ? (
      <>
        Thinking <Age since={item.at} />
      </>
    ) : (
      `Thought for ${lengthWords(Math.max(1_000, Date.parse(item.endedAt) - Date.parse(item.at)))}`
    )
  return (
    <ThoughtFold title={title}>
      <BodyText text={item.text} body={item.body}>
        {(text) => <VisibleText text={text} mode="text" />}
      </BodyText>
    </ThoughtFold>
  )
}

function Run({ item }: { item: ToolsItem }) {
  const [all, setAll] = useState(false)
  const folded = !all && item.calls.length > LONG_RUN ? item.calls.length - SHOWN_OF_LONG_RUN : 0
  return (
    <Group flush>
      {folded > 0 && (
        <button type="button" className="tr-earlier" onClick={() => setAll(true)}>
          Show {folded} earlier steps
        </button>
      )}
      {item.calls.slice(folded).map((call) => (
        <ToolCard key={call.key} call={call} />
      ))}
    </Group>
  )
}

function TurnEnd({ item }: { item: TurnEndItem }) {
  const { tone, title, detail } = turnEndWords(item, useReading())
  if (tone === 'quiet')
    return (
      <p className="tr-turn-end num">
        {title}
        {detail !== null && `. ${detail}`}
      </p>
    )
  return (
    <div className={`tr-stop tr-stop-${tone}`}>
      <Icon name={tone === 'red' ? 'cross' : 'stop'} size={16} />
      <div>
        <strong>{title}</strong>
        {detail !== null && <p>{detail}</p>}
      </div>
    </div>
  )
}

function Note({ item }: { item: NoteItem }) {
  const { hostName } = useTranscript()
  const [open, setOpen] = useState(false)
  const { tone, text, more } = noteWords(item.note, { hostName, now: useReading() })
  return (
    <div className={`tr-note tr-note-${tone}`}>
      <Divider>
        <span>
          {text}
          {more !== null && (
            <>
              {' '}
              <TextLink onClick={() => setOpen(!open)}>{open ? 'Hide' : 'Show'}</TextLink>
            </>
          )}
        </span>
      </Divider>
      {open && more !== null && (
        <pre className="tr-note-more">
          <VisibleText text={more} mode="text" />
        </pre>
      )}
    </div>
  )
}

function Body({ item, streaming }: { item: Item; streaming: boolean }) {
  const { deviceId } = useTranscript()
  const now = useReading()
  switch (item.kind) {
    case 'prompt':
      return <Prompt item={item} />
    case 'said':
      return item.role === 'user' ? (
        <PromptCard>
          <VisibleText text={item.text} mode="text" />
        </PromptCard>
      ) : (
        <div className="tr-said">
          <BodyText text={item.text} body={item.body}>
            {(text) => <Markdown text={text} streaming={streaming} />}
          </BodyText>
        </div>
      )
    case 'thought':
      return <Thought item={item} />
    case 'shown':
      return <ShownBlock block={item.block} />
    case 'tools':
      return <Run item={item} />
    case 'decision':
      return <DecisionLine decision={item} />
    case 'mode':
      return <Divider>{modeWords(item, now, deviceId)}</Divider>
    case 'turn-end':
      return <TurnEnd item={item} />
    case 'note':
      return <Note item={item} />
    case 'restart':
      return <Divider>The agent was started again {momentWords(Date.parse(item.at), now)}</Divider>
  }
}

/** `streaming` puts the caret after an agent's text that is still coming. */
export const TranscriptRow = memo(function TranscriptRow(props: { item: Item; streaming: boolean }) {
  return (
    <div className={`tr-row tr-row-${props.item.kind}`}>
      <Body {...props} />
    </div>
  )
})
