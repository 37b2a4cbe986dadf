// A prompt that waits on the host: edited, withdrawn or sent now by commands; each shows how far it is (C6).
import { useContext, useState } from 'react'
import { ClockContext } from '../../ui/age.tsx'
import { Answers, Button, TextLink } from '../../ui/button.tsx'
import { deviceWord } from '../../ui/device-word.ts'
import { TextArea } from '../../ui/field.tsx'
import { PromptCard } from '../../ui/prompt-card.tsx'
import { Receipt } from '../../ui/receipt.tsx'
import { Sheet, SheetPart } from '../../ui/sheet.tsx'
import { VisibleText } from '../../ui/visible-controls.tsx'
import { type Command, isSettled } from '../steering/command-fields.ts'
import { type Around, standingOf } from '../steering/receipt-words.ts'
import { useCommands, useOutbox, useSteering } from '../steering/steering.tsx'
import { Attached } from '../transcript/transcript-row.tsx'
import { promptWords } from '../transcript/transcript-words.ts'
import type { Queued } from './queue-order.ts'

const verbs: Partial<Record<Command['__typename'], string>> = { EditPrompt: 'Edit', WithdrawPrompt: 'Withdraw' }

/** The newest command on its way for this prompt. */
function usePending(promptId: string): Command | undefined {
  return useCommands().findLast(
    (command) =>
      (command.__typename === 'EditPrompt' || command.__typename === 'WithdrawPrompt') &&
      command.promptId === promptId &&
      !isSettled(command),
  )
}

/** `Edit saved 14:05, atlas has not fetched it` */
const following = (verb: string | undefined, words: string) =>
  `${verb ?? 'A change'} ${words.charAt(0).toLowerCase()}${words.slice(1)}`

export function QueueCard({ prompt, around, may }: { prompt: Queued; around: Around; may: boolean }) {
  const { send } = useSteering()
  const { waiting } = useOutbox()
  const [editing, setEditing] = useState<string | null>(null)
  const pending = usePending(prompt.promptId)
  const kept = waiting.some((entry) => entry.input.promptId === prompt.promptId)
  const now = useContext(ClockContext).read()
  const { promptId } = prompt
  const words = promptWords({ ...prompt, reason: null }, { hostName: around.hostName, deviceId: around.deviceId, now })
  const standing = pending && standingOf(pending, around)
  const mode = prompt.modeId === null ? undefined : around.nameOf('mode', prompt.modeId)
  const verb =
    pending?.__typename === 'EditPrompt' && pending.newText === null ? 'Send now' : pending && verbs[pending.__typename]
  return (
    <>
      <PromptCard
        state="queued"
        receipt={
          <>
            <Receipt step="applied">
              {words}
              {mode !== undefined && `, ${mode.toLowerCase()}`}
            </Receipt>
            {standing?.kind === 'way' && <Receipt step={standing.step}>{following(verb, standing.words)}</Receipt>}
            {kept && <Receipt step="kept">A change is kept on this {deviceWord()}</Receipt>}
          </>
        }
        actions={
          may && !pending && !kept ? (
            <>
              <TextLink onClick={() => setEditing(prompt.text)}>Edit</TextLink>
              <TextLink onClick={() => void send('withdrawPrompt', { promptId }, 'Withdraw a prompt')}>
                Withdraw
              </TextLink>
              <TextLink onClick={() => void send('editPrompt', { promptId, delivery: 'NOW' }, 'Send now')}>
                Send now
              </TextLink>
            </>
          ) : undefined
        }
      >
        <VisibleText text={prompt.text} mode="text" />
        <Attached attachments={prompt.attachments} />
      </PromptCard>
      <Sheet
        open={editing !== null}
        onClose={() => setEditing(null)}
        label="Edit the prompt"
        inertMs={0}
        footer={
          <Answers>
            <Button kind="quiet" tall onClick={() => setEditing(null)}>
              Cancel
            </Button>
            <Button
              tall
              disabled={editing === null || editing.trim() === ''}
              onClick={() => {
                if (editing === null) return
                void send('editPrompt', { promptId, text: editing }, 'Edit a prompt')
                setEditing(null)
              }}
            >
              Save the edit
            </Button>
          </Answers>
        }
      >
        <SheetPart>
          <h2 className="type-sheet">Edit the prompt</h2>
          <div className="session-form">
            <TextArea label="Prompt" hideLabel value={editing ?? ''} onChange={setEditing} rows={4} maxRows={12} />
          </div>
        </SheetPart>
      </Sheet>
    </>
  )
}

/** What holds the queue, and the way to release it. */
export function HeldNote({
  count,
  reason,
  around,
  may,
}: {
  count: number
  reason: string | null
  around: Around
  may: boolean
}) {
  const { send } = useSteering()
  const { waiting } = useOutbox()
  const pending = useCommands().findLast((command) => command.__typename === 'ReleaseQueue' && !isSettled(command))
  const standing = pending && standingOf(pending, around)
  const kept = waiting.some((entry) => entry.kind === 'releaseQueue')
  return (
    <div className="held">
      <p>
        <strong>{count === 1 ? '1 prompt is held' : `${count} prompts are held`}</strong>
        {reason !== null && reason !== '' && ` · ${reason}`}
      </p>
      {standing?.kind === 'way' ? (
        <Receipt step={standing.step}>{following('Release', standing.words)}</Receipt>
      ) : kept ? (
        <Receipt step="kept">Release is kept on this {deviceWord()}</Receipt>
      ) : (
        may && <TextLink onClick={() => void send('releaseQueue', {}, 'Release the queue')}>Release</TextLink>
      )}
    </div>
  )
}
