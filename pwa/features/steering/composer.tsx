// The composer: words, files, mode and when. It grows, keeps its draft, and says why when it may not be used.
import { useRef, useState } from 'react'
import { useConnection, useLink } from '../../graphql/connection-context.tsx'
import { Age, At } from '../../ui/age.tsx'
import { ComposerFrame } from '../../ui/bars.tsx'
import { IconButton, TextLink } from '../../ui/button.tsx'
import { Segmented } from '../../ui/choice.tsx'
import { deviceWord } from '../../ui/device-word.ts'
import { TextArea } from '../../ui/field.tsx'
import { Icon } from '../../ui/icon.tsx'
import { type Rung, reaches } from '../devices/rung-words.ts'
import { type AttachLimits, usualLimits } from './attach.ts'
import { AttachmentList, useAttachments } from './attachments.tsx'
import { CancelTurn } from './cancel-turn.tsx'
import { useDraft } from './drafts.ts'
import { ModeBack, ModePill, useAskedMode } from './mode-pill.tsx'
import { type ModeNamed, modeRung } from './mode-words.ts'
import { type SlashCommand, slashQuery } from './slash.ts'
import { SlashPalette } from './slash-palette.tsx'
import { useSteering } from './steering.tsx'
import { whyNot } from './why-not.ts'
import { type Why, WhySheet } from './why-sheet.tsx'

export type ComposerSession = {
  id: string
  hostName: string
  rung: Rung
  /** Why the rung is what it is; null when nothing limits it. */
  limit: { message: string | null; rule: string | null }
  mode: ModeNamed | null
  requestedMode: ModeNamed | null
  modes: readonly ModeNamed[]
  slashCommands: readonly SlashCommand[]
  /** The turn that is going on; its id is null when its start is not in the pages read so far. */
  turn: { turnId: string | null; startedAt: string } | null
  ended: string | null
  maxPromptChars: number
  attachLimits: AttachLimits | null
}

const firstLine = (text: string) => text.trim().split('\n', 1)[0] ?? ''

/** `wide`: one framed line, Enter sends, the state stands in the header. */
export function Composer({ session, wide, onSent }: { session: ComposerSession; wide: boolean; onSent: () => void }) {
  const connection = useConnection()
  const link = useLink()
  const { send } = useSteering()
  const [text, setText] = useDraft(session.id)
  const [now, setNow] = useState(false)
  const [why, setWhy] = useState<Why | null>(null)
  const files = useRef<HTMLInputElement>(null)
  const field = useRef<HTMLTextAreaElement | null>(null)
  const attachments = useAttachments(connection, session.id, session.attachLimits ?? usualLimits)
  const asked = useAskedMode(session.modes, session.requestedMode)
  const may = reaches(session.rung, 'STEER')
  const away = link.kind === 'offline' || link.kind === 'reconnecting'
  const { turn } = session

  const sending = attachments.all.some((one) => one.state === 'sending')
  const there = attachments.all.flatMap((one) => (one.state === 'there' ? [one.attachment] : []))
  const tooLong = text.length > session.maxPromptChars
  const terminalOnly = session.slashCommands.some(
    (one) => one.terminalOnly && text.trim().split(/\s/)[0] === `/${one.name}`,
  )
  const ready = may && (text.trim() !== '' || there.length > 0) && !sending && !tooLong && !terminalOnly

  const submit = (delivery: 'NOW' | 'AFTER_TURN') => {
    if (!ready) return
    const what = firstLine(text) || (there[0]?.name ?? 'Files')
    const modeId = session.mode?.id ?? null
    // A prompt remembers the mode it was written under (C6), and weighs as much as that.
    const rung = modeId !== null && session.mode ? modeRung(session.mode) : 'STEER'
    void send('sendPrompt', { text, delivery, modeId, attachments: there }, what, {
      modeName: session.mode?.name ?? null,
      rung,
    })
    setText('')
    attachments.clear()
    setNow(false)
    onSent()
    field.current?.focus()
  }
  const when = turn !== null && now ? 'NOW' : 'AFTER_TURN'

  if (session.ended !== null)
    return (
      <div className="composer composer-closed">
        <p>{session.ended}</p>
      </div>
    )
  if (!may) {
    const title =
      session.rung === 'VIEW' ? 'You cannot send prompts here: view only' : 'You cannot send prompts from this device'
    const message =
      session.limit.message ?? `This device may ${session.rung === 'VIEW' ? 'only read' : 'read and answer'} here.`
    return (
      <div className="composer composer-closed">
        {turn !== null && session.rung !== 'VIEW' && <CancelTurn turnId={turn.turnId} hostName={session.hostName} />}
        <p>
          <Icon name="lock" size={18} />
          <span>{message}</span>
          <TextLink
            onClick={() => {
              const known = { title, message, rule: session.limit.rule }
              setWhy(known)
              // Whoever has closed it meanwhile does not want it again.
              const fuller = (now: Why | null, more: Partial<Why> | null) => now && { ...now, ...more }
              void whyNot(connection, session.id).then((more) => setWhy((now) => fuller(now, more)))
            }}
          >
            Why?
          </TextLink>
        </p>
        <WhySheet why={why} onClose={() => setWhy(null)} />
      </div>
    )
  }

  const problem = tooLong
    ? `${text.length - session.maxPromptChars} characters too many.`
    : terminalOnly
      ? 'This command works at the terminal only.'
      : undefined
  return (
    <>
      <SlashPalette
        text={text}
        commands={session.slashCommands}
        onChoose={(command) => {
          setText(`/${command.name} `)
          field.current?.focus()
        }}
      />
      <ComposerFrame
        wide={wide}
        above={
          <>
            <AttachmentList attachments={attachments} />
            {session.mode && <ModeBack mode={session.mode} asked={asked} />}
          </>
        }
        state={
          turn === null || wide ? undefined : (
            <>
              {link.kind === 'offline' ? (
                <>
                  <Icon name="wifi-off" size={18} />
                  <span>
                    <strong>Was working</strong> at <At at={link.sinceMs} />
                  </span>
                </>
              ) : (
                <>
                  <Icon name="working" size={18} />
                  <span>
                    <strong>Working</strong> <Age since={turn.startedAt} />
                  </span>
                </>
              )}
              <CancelTurn turnId={turn.turnId} hostName={session.hostName} />
            </>
          )
        }
        line={
          <>
            <IconButton icon="plus" label="Attach files" onClick={() => files.current?.click()} />
            <TextArea
              label="Prompt"
              hideLabel
              round
              {...(problem === undefined ? {} : { error: problem })}
              placeholder={away ? 'Sends when back' : session.slashCommands.length > 0 ? 'Prompt, or /' : 'Prompt'}
              value={text}
              onChange={setText}
              maxRows={wide ? 12 : 6}
              enterKeyHint={wide ? 'send' : 'enter'}
              elementRef={(element) => {
                field.current = element
              }}
              onPaste={(event) => {
                const pasted = [...event.clipboardData.files]
                if (pasted.length > 0) attachments.add(pasted)
              }}
              onKeyDown={(event) => {
                if (event.key !== 'Enter' || event.nativeEvent.isComposing) return
                const command = event.metaKey || event.ctrlKey
                if (!command && (!wide || event.shiftKey || slashQuery(text) !== null)) return
                event.preventDefault()
                submit(command && turn !== null ? 'NOW' : when)
              }}
            />
            <IconButton icon="send" label="Send" kind="primary" disabled={!ready} onClick={() => submit(when)} />
          </>
        }
        foot={
          <>
            {session.mode ? (
              <ModePill mode={session.mode} modes={session.modes} asked={asked} rung={session.rung} disabled={false} />
            ) : (
              <span />
            )}
            {away ? (
              <span className="type-meta">Kept on this {deviceWord()}</span>
            ) : (
              turn !== null && (
                <Segmented
                  label="When it is sent"
                  value={now ? 'now' : 'after'}
                  onChange={(value) => setNow(value === 'now')}
                  options={[
                    { value: 'after', label: 'After this turn' },
                    { value: 'now', label: 'Now' },
                  ]}
                />
              )
            )}
          </>
        }
      />
      <input
        ref={files}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          attachments.add([...(event.target.files ?? [])])
          event.target.value = ''
        }}
      />
    </>
  )
}
