/** The whole terminal: scrollback of what is final, what still changes, a dialog when someone is needed, the prompt, the status. */
import { Box, Static, Text, useApp, useStdout } from 'ink'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { BridgeSession, DecisionAnswer } from '../bridge/contract.ts'
import type { SessionView, TranscriptItem } from '../bridge/view.ts'
import { DecisionDialog } from './decision-dialog.tsx'
import { PairingDialog } from './dialogs/pairing.tsx'
import { emptyLine, type Line, sent } from './edit-line.ts'
import { Item } from './item.tsx'
import { obey } from './obey.ts'
import { usePairingState } from './pairing-state.ts'
import { plain } from './plain-text.ts'
import { PromptField } from './prompt-field.tsx'
import { Qr } from './qr.tsx'
import { finalItems } from './scrollback.ts'
import { parseTyped, suggestions } from './slash.ts'
import { StatusLine } from './status-line.tsx'
import { useFresh } from './use-fresh.ts'
import { useKeys } from './use-keys.ts'
import { useView } from './use-session.ts'

/** How long the second Ctrl+C counts as meant, milliseconds. */
export const QUIT_WINDOW_MS = 2000
const LIVE_ITEMS = 6
/** Below this many rows the QR has the screen for itself, with prompt and status (A2). */
const SHARED_ROWS = 46

export function Screen({ session, showQr }: { session: BridgeSession; showQr: boolean }) {
  const view = useView(session)
  const { exit } = useApp()
  const { stdout } = useStdout()
  const [line, typed] = useFresh(() => emptyLine())
  const [notes, setNotes] = useState<readonly string[]>([])
  const [isQrShown, setQrShown] = useState(showQr)
  const [promptFirstAt, setPromptFirstAt] = useState<string | null>(null)
  const quitAsked = useRef(0)
  const pairing = usePairingState(session, isQrShown && view.remote.state === 'live')
  const decision = view.decisions[0]
  const isPromptFirst = decision !== undefined && promptFirstAt === decision.id
  const dialog = pairing.isAsking ? 'pairing' : decision ? 'decision' : null
  // A person in the middle of a line is not interrupted: the dialog takes keys only when the line is empty, or after Tab.
  const rows = stdout.rows ?? 24
  const isQrAlone = isQrShown && view.remote.state === 'live' && rows < SHARED_ROWS && dialog !== 'pairing'
  const isDialogActive =
    dialog === 'pairing' || (dialog === 'decision' && !isQrAlone && !isPromptFirst && line.text === '')

  useEffect(() => {
    if (view.state === 'ENDED') exit()
  }, [view.state, exit])

  const report = (problem: unknown) => setNotes([problem instanceof Error ? problem.message : String(problem)])
  const submit = (said: Line): Line => {
    setNotes([])
    obey(session, parseTyped(said.text)).then((outcome) => {
      setNotes(outcome.lines)
      if (outcome.qr) setQrShown((shown) => !shown)
      if (outcome.quit) exit()
    }, report)
    return sent(said)
  }
  const answer = (given: DecisionAnswer) => {
    if (decision) session.answer(decision.id, given).catch(report)
  }

  useKeys((input, key) => {
    if (key.ctrl && input === 'e') setQrShown(!isQrShown)
    if (key.ctrl && input === 'c') quitOrCancel()
    if (key.tab && decision) setPromptFirstAt(isPromptFirst ? null : decision.id)
    if (key.escape && !isDialogActive && view.turn) session.cancelTurn().catch(report)
  })
  const quitOrCancel = () => {
    if (typed.now.text !== '') return typed.set(emptyLine(typed.now.history))
    if (Date.now() - quitAsked.current < QUIT_WINDOW_MS) return exit()
    quitAsked.current = Date.now()
    setNotes(['Ctrl+C again ends the session and the agent. Esc cancels only the turn.'])
  }

  const final = finalItems(view)
  const printed = usePrinted(final)
  const live = view.transcript.items.slice(final.length).slice(-LIVE_ITEMS)
  const offered = suggestions(line.text, view.slashCommands).slice(0, 8)
  return (
    <>
      <Static items={printed as TranscriptItem[]}>{(item) => <Item key={item.key} item={item} />}</Static>
      <Box flexDirection="column" width={Math.min(stdout.columns ?? 80, 120)}>
        {isQrAlone ? null : live.map((item) => <Item key={item.key} item={item} />)}
        {isQrShown ? <RemoteQr remote={view.remote} pairing={pairing} rows={rows} /> : null}
        {dialog === 'pairing' && pairing.pairing && pairing.view ? (
          <PairingDialog
            key={pairing.pairing.id}
            pairing={pairing.pairing}
            view={pairing.view}
            isActive={isDialogActive}
            onProblem={pairing.report}
          />
        ) : decision && !isQrAlone ? (
          <DecisionDialog
            decision={decision}
            waiting={view.decisions.length}
            isActive={isDialogActive}
            onAnswer={answer}
          />
        ) : null}
        {notes.map((note) => (
          <Text key={note} color="yellow">
            {plain(note)}
          </Text>
        ))}
        {offered.map((command) => (
          <Text key={command.name} dimColor>
            {plain(`/${command.name} ${command.hint ?? ''} ${command.description}`)}
          </Text>
        ))}
        <Box marginTop={isQrAlone ? 0 : 1}>
          <Text color="blue">{'❯ '}</Text>
          <PromptField
            line={typed}
            onSubmit={submit}
            onKey={(input, key) => (key.ctrl && (input === 'c' || input === 'e')) || key.tab || key.escape}
            isActive={!isDialogActive}
            placeholder={
              dialog === 'decision' && isDialogActive ? 'Tab to write a prompt instead' : 'Prompt, or / for commands'
            }
          />
        </Box>
        <StatusLine view={view} />
      </Box>
    </>
  )
}

type RemoteQrProps = { remote: SessionView['remote']; pairing: ReturnType<typeof usePairingState>; rows: number }

function RemoteQr({ remote, pairing, rows }: RemoteQrProps) {
  if (pairing.isAsking) return null
  if (remote.state === 'live')
    return <Qr pairing={pairing.pairing} address={remote.address} problem={pairing.problem} rows={rows} />
  return <Qr pairing={null} address={null} problem={notLive(remote.state)} rows={rows} />
}

const notLive = (state: SessionView['remote']['state']): string =>
  state === 'connecting' ? 'Connecting to the server …' : 'Remote is not live, so there is no QR. /remote says why.'

/** Items are printed once each, in order; the transcript's window may drop old ones without printing anything again. */
function usePrinted(final: readonly TranscriptItem[]): readonly TranscriptItem[] {
  const printed = useRef<{ keys: Set<string>; items: TranscriptItem[] }>({ keys: new Set(), items: [] })
  return useMemo(() => {
    const fresh = final.filter((item) => !printed.current.keys.has(item.key))
    if (fresh.length === 0) return printed.current.items
    for (const item of fresh) printed.current.keys.add(item.key)
    printed.current.items = [...printed.current.items, ...fresh]
    return printed.current.items
  }, [final])
}
