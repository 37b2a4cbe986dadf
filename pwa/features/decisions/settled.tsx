// The end of a decision, as everybody sees it: who answered, where, when; and what became of one's own answer (mockup 03c).
import { useContext, useState } from 'react'
import { useMutation } from 'urql'
import { useIdentity } from '../../keys/identity-context.tsx'
import { ClockContext } from '../../ui/age.tsx'
import { Answers, Button } from '../../ui/button.tsx'
import { deviceWord } from '../../ui/device-word.ts'
import { Note } from '../../ui/note.tsx'
import { SheetPart } from '../../ui/sheet.tsx'
import { newKey } from '../steering/key.ts'
import { mutations } from '../steering/mutations.ts'
import type { Said } from './answers.ts'
import type { Decision } from './decision-store.ts'
import { loserWords, settledTitle } from './decision-words.ts'
import { EvidenceView } from './evidence-view.tsx'

/** Who is asking, for the words: this device's id and what it is called. */
export function useMe(hostName: string) {
  const identity = useIdentity()
  const clock = useContext(ClockContext)
  const deviceId = identity.kind === 'paired' ? identity.identity.deviceId : null
  return { deviceId, word: deviceWord(), hostName, now: clock.read() }
}

export function useSettledTitle(decision: Decision): string {
  const me = useMe(decision.session.host.name)
  return decision.settlement ? settledTitle(decision.settlement, me) : 'Settled'
}

const ownAnswer = (said: Said | undefined) =>
  said === undefined
    ? null
    : {
        what: said.answer.what,
        key: said.answer.key,
        saidAtMs: said.answer.saidAtMs,
        isDeny: said.answer.isDeny,
        commandId: said.state.kind === 'sent' ? said.state.command.id : null,
      }

export function SettledBody({ decision, said }: { decision: Decision; said: Said | undefined }) {
  const words = loserWords(ownAnswer(said), decision)
  const reason = decision.settlement?.reason ?? null
  return (
    <SheetPart>
      {decision.kind === 'PERMISSION' && <EvidenceView decision={decision} brief />}
      {decision.kind === 'QUESTION' && <p className="decision-asked">{decision.title}</p>}
      {reason !== null && <Note icon="comment">{reason}</Note>}
      {words && (
        <Note icon="phone" boxed>
          <strong>{words.lead}</strong>
          {words.rest}
        </Note>
      )}
    </SheetPart>
  )
}

/** Cancel turn where this device's deny lost against a command that now runs; the next decision, or Close. */
export function SettledFooter(props: {
  decision: Decision
  said: Said | undefined
  onNext: (() => void) | null
  onClose: () => void
}) {
  const { decision, said } = props
  const [, cancelTurn] = useMutation(mutations.cancelTurn)
  const [cancel, setCancel] = useState<'no' | 'sent' | 'failed'>('no')
  const lost = loserWords(ownAnswer(said), decision)
  const offersCancel = lost !== null && said?.answer.isDeny === true && decision.kind === 'PERMISSION'
  const host = decision.session.host.name
  return (
    <Answers>
      {offersCancel && (
        <Button
          kind="destructive"
          tall
          icon="stop"
          waiting={cancel === 'sent'}
          onClick={async () => {
            setCancel('sent')
            const { error } = await cancelTurn({ input: { sessionId: decision.session.id, key: newKey() } })
            if (error) setCancel('failed')
          }}
        >
          {cancel === 'no' ? 'Cancel turn' : cancel === 'sent' ? `Sent, waiting for ${host}` : 'Not sent. Cancel turn'}
        </Button>
      )}
      {props.onNext ? (
        <Button tall onClick={props.onNext}>
          Next decision
        </Button>
      ) : (
        <Button kind="quiet" tall onClick={props.onClose}>
          Close
        </Button>
      )}
    </Answers>
  )
}
