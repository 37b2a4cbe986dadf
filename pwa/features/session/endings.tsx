// What stands after the transcript: how current it is, what came of commands, what is on its way, what waits on the host or here.
import { useMemo, useState } from 'react'
import { At } from '../../ui/age.tsx'
import { IconButton, TextLink } from '../../ui/button.tsx'
import { deviceWord } from '../../ui/device-word.ts'
import { Icon, type IconName } from '../../ui/icon.tsx'
import { Divider, Note } from '../../ui/note.tsx'
import { PromptCard } from '../../ui/prompt-card.tsx'
import { Receipt } from '../../ui/receipt.tsx'
import { Group, Row } from '../../ui/row.tsx'
import { VisibleText } from '../../ui/visible-controls.tsx'
import type { Command } from '../steering/command-fields.ts'
import { type Around, type Standing, standingOf } from '../steering/receipt-words.ts'
import { useCommands, useOutbox, useRefusals } from '../steering/steering.tsx'
import { type Why, WhySheet } from '../steering/why-sheet.tsx'
import type { Transcript } from '../transcript/items/shape.ts'
import type { Ending } from '../transcript/transcript-view.tsx'
import { useDismissed } from './dismissed.ts'
import { OutboxList } from './outbox-list.tsx'
import { HeldNote, QueueCard } from './queue-card.tsx'
import type { Queued } from './queue-order.ts'

const signs: Record<string, IconName> = { Refused: 'lock', Superseded: 'phone', Expired: 'clock' }
/** Older ends of commands are history: the transcript has gone on. */
const RECENT_MS = 24 * 3_600_000
/** Between a prompt's command being applied and its own event arriving, the command stands for it. */
const HANDOVER_MS = 15_000

type Over = { command: Command; standing: Extract<Standing, { kind: 'over' }> }

function OverRows(props: { rows: readonly Over[]; onWhy: (why: Why) => void; onDismiss: (id: string) => void }) {
  return (
    <Group flush>
      {props.rows.map(({ command, standing, standing: { refusal } }) => (
        <Row
          key={command.id}
          wrap
          lead={<Icon name={signs[standing.title] ?? 'info'} size={18} />}
          title={
            <>
              <strong>{standing.title}:</strong> {standing.what}
            </>
          }
          detail={
            <>
              {standing.detail}{' '}
              {refusal !== null && (
                <TextLink
                  onClick={() =>
                    props.onWhy({
                      ...refusal,
                      title: `${standing.title}: ${standing.what}`,
                      message: standing.detail,
                    })
                  }
                >
                  Why?
                </TextLink>
              )}
            </>
          }
          trailing={<IconButton icon="cross" label="Dismiss" onClick={() => props.onDismiss(command.id)} />}
        />
      ))}
    </Group>
  )
}

/** The rows, in the order a reader needs them; and the sheet that one of them may open. */
export function useEndings(props: {
  sessionId: string
  transcript: Transcript
  queue: readonly Queued[]
  around: Around
  may: boolean
  /** Set while what is shown is not current: up to when it is. Milliseconds since 1970. */
  seenUpTo: number | null
  /** Whether this device, not the workstation, is away. */
  deviceAway: boolean
  onSendAgain: (text: string) => void
  /** To the place in the transcript where that was sent. Milliseconds since 1970. */
  onShow: (at: number, what: string) => void
}): { endings: readonly Ending[]; sheet: React.ReactNode } {
  const { around, queue, transcript, may } = props
  const commands = useCommands()
  const { waiting } = useOutbox()
  const refusals = useRefusals()
  const dismissed = useDismissed(props.sessionId)
  const [why, setWhy] = useState<Why | null>(null)
  const placed = useMemo(() => {
    const known = new Set(queue.map((prompt) => prompt.promptId))
    for (const item of transcript.items) if (item.kind === 'prompt') known.add(item.promptId)
    return known
  }, [queue, transcript.items])

  const endings: Ending[] = []
  if (props.seenUpTo !== null)
    endings.push({
      key: 'seen',
      content: (
        <>
          <Divider>
            <span>
              Seen up to <At at={props.seenUpTo} />
            </span>
          </Divider>
          {props.deviceAway && (
            <Note icon="monitor">
              The agent goes on working on {around.hostName}. What you missed will be here when this {deviceWord()} is
              back.
            </Note>
          )}
        </>
      ),
    })

  const over: Over[] = []
  for (const command of commands) {
    const standing = standingOf(command, around)
    const settledAt = Date.parse(command.settledAt ?? command.createdAt)
    const shown = !dismissed.has(command.id) && around.now - settledAt < RECENT_MS
    if (standing.kind === 'over' && shown && isMine(command, around)) over.push({ command, standing })
    // What may have been done by it stands after the moment in which the workstation took it.
    const takenAt = Date.parse(command.deliveredAt ?? command.createdAt)
    if (standing.kind === 'unknown' && shown)
      endings.push({
        key: command.id,
        content: (
          <PromptCard
            state="unknown"
            why={{ title: standing.title, text: standing.detail }}
            actions={
              <>
                <TextLink onClick={() => props.onShow(takenAt, standing.what)}>
                  Show <At at={takenAt} />
                </TextLink>
                <TextLink onClick={() => dismissed.add(command.id)}>Dismiss</TextLink>
                {command.__typename === 'SendPrompt' && may && (
                  <TextLink
                    onClick={() => {
                      dismissed.add(command.id)
                      props.onSendAgain(command.promptText)
                    }}
                  >
                    Send again
                  </TextLink>
                )}
              </>
            }
          >
            <VisibleText text={command.__typename === 'SendPrompt' ? command.promptText : standing.what} mode="text" />
          </PromptCard>
        ),
      })
    if (
      command.__typename === 'SendPrompt' &&
      standing.kind === 'way' &&
      !placed.has(command.promptId) &&
      (command.state !== 'APPLIED' || around.now - settledAt < HANDOVER_MS)
    )
      endings.push({
        key: command.id,
        content: (
          <PromptCard receipt={<Receipt step={standing.step}>{standing.words}</Receipt>}>
            <VisibleText text={command.promptText} mode="text" />
          </PromptCard>
        ),
      })
  }
  if (over.length > 0)
    endings.push({ key: 'over', content: <OverRows rows={over} onWhy={setWhy} onDismiss={dismissed.add} /> })
  for (const { entry, problem } of refusals.all) {
    const text = typeof entry.input.text === 'string' ? entry.input.text : null
    endings.push({
      key: `refused:${entry.key}`,
      content: (
        <Group flush>
          <Row
            wrap
            lead={<Icon name="lock" size={18} />}
            title={
              <>
                <strong>Refused:</strong> {entry.what}
              </>
            }
            detail={problem.message}
            trailing={<IconButton icon="cross" label="Dismiss" onClick={() => refusals.dismiss(entry.key)} />}
            below={
              <div className="refused-deeds">
                {problem.rule !== undefined && (
                  <TextLink
                    onClick={() =>
                      setWhy({
                        title: `Refused: ${entry.what}`,
                        message: problem.message,
                        rule: problem.rule ?? null,
                        remedy: problem.remedy ?? null,
                        level: problem.level ?? null,
                        owner: problem.owner ?? null,
                        code: problem.code,
                      })
                    }
                  >
                    Why?
                  </TextLink>
                )}
                {text !== null && (
                  <TextLink
                    onClick={() => {
                      refusals.dismiss(entry.key)
                      props.onSendAgain(text)
                    }}
                  >
                    Edit
                  </TextLink>
                )}
              </div>
            }
          />
        </Group>
      ),
    })
  }
  const held = queue.filter((prompt) => prompt.state === 'HELD')
  if (held.length > 0)
    endings.push({
      key: 'held',
      content: <HeldNote count={held.length} reason={held[0]?.reason ?? null} around={around} may={may} />,
    })
  for (const prompt of queue)
    endings.push({ key: `queued:${prompt.promptId}`, content: <QueueCard prompt={prompt} around={around} may={may} /> })
  if (waiting.length > 0) endings.push({ key: 'outbox', content: <OutboxList onEdit={props.onSendAgain} /> })
  return { endings, sheet: <WhySheet why={why} onClose={() => setWhy(null)} /> }
}

/** What another device did and lost is that device's to be told; here it would be noise. */
const isMine = (command: Command, around: Around): boolean => command.deviceId === around.deviceId
