// A permission: all that is asked, the agent's options in its order and words, Deny left and allow once right.
import { AnswerGuard } from '../../ui/answer-guard.tsx'
import { Answers, Button } from '../../ui/button.tsx'
import { TextArea } from '../../ui/field.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Note } from '../../ui/note.tsx'
import { Row } from '../../ui/row.tsx'
import { SheetPart } from '../../ui/sheet.tsx'
import { PasskeySheet } from '../passkeys/PasskeySheet.tsx'
import { answerNote, isDeny, isPending, lockedWhy, type Option, pendingLabel } from './answer-words.ts'
import { reasonGoes } from './decision-words.ts'
import { EvidenceView } from './evidence-view.tsx'
import { OptionRow } from './option-row.tsx'
import { type Answering, permissionSaying } from './use-answering.ts'

/** The two that stand fixed at the bottom: the first once-deny and the first once-allow. The rest are rows. */
export function fixedOptions(options: readonly Option[]): { deny: Option | undefined; once: Option | undefined } {
  return {
    deny: options.find((option) => option.kind === 'reject_once') ?? options.find(isDeny),
    once: options.find((option) => option.kind === 'allow_once'),
  }
}

/** What this device, or another one, has said and the host has not settled yet. */
export function AnswerNotes({ answering }: { answering: Answering }) {
  const { decision, said } = answering
  const host = decision.session.host.name
  const note = answerNote(said, host)
  const mineId = said?.state.kind === 'sent' ? said.state.command.id : null
  const other = decision.proposal && decision.proposal.id !== mineId ? decision.proposal : null
  const { needs } = answering
  const way = needs && <PasskeySheet what={needs.what} host={decision.session.host} onClose={needs.forget} />
  if (note === null && !other) return way
  return (
    <SheetPart>
      {way}
      {other && (
        <Note icon="phone" boxed>
          Answered on {other.deviceName ?? 'another device'}, waiting for {host}. A Deny still replaces an Allow.
        </Note>
      )}
      {note !== null && (
        <Note icon="info" boxed>
          {note}
        </Note>
      )}
    </SheetPart>
  )
}

export function PermissionBody({ answering, onReason }: { answering: Answering; onReason: () => void }) {
  const { decision, said } = answering
  const { deny, once } = fixedOptions(decision.options)
  const others = decision.options.filter((option) => option !== deny && option !== once)
  const pending = isPending(said) && said.answer.kind === 'PERMISSION' ? said : null
  return (
    <>
      <SheetPart>
        <EvidenceView decision={decision} evidence={answering.evidence} />
      </SheetPart>
      <AnswerNotes answering={answering} />
      <AnswerGuard className="decision-rows">
        {others.map((option) => (
          <OptionRow
            key={option.id}
            option={option}
            decision={decision}
            lock={answering.lock(option)}
            pending={
              pending?.answer.kind === 'PERMISSION' && pending.answer.input.optionId === option.id
                ? pendingLabel(pending, decision.session.host.name)
                : null
            }
            due={answering.due(option.rung, isDeny(option))}
            onChoose={() => answering.say(permissionSaying(answering, option), option.rung)}
          />
        ))}
        {deny && answering.lock(deny) === null && (
          <Row sheet title="Deny with a reason" end={<Icon name="comment" />} onClick={onReason} />
        )}
      </AnswerGuard>
    </>
  )
}

/** One of the agent's options as a button; keeps its place after the tap and says where the answer is. */
export function OptionButton(props: { answering: Answering; option: Option; tall?: boolean; shortcut?: string }) {
  const { answering, option } = props
  const { said, decision } = answering
  const lock = answering.lock(option)
  const mine = isPending(said) && said.answer.kind !== 'QUESTION' && said.answer.input.optionId === option.id
  return (
    <Button
      kind={isDeny(option) || option.kind !== 'allow_once' ? 'quiet' : 'primary'}
      {...(props.tall ? { tall: true } : {})}
      {...(props.shortcut === undefined || lock !== null ? {} : { shortcut: props.shortcut })}
      {...(lock === 'rung' || lock === 'evidence'
        ? { icon: 'lock' as const, disabled: true }
        : answering.due(option.rung, isDeny(option)) === 'no'
          ? {}
          : { icon: 'key' as const })}
      waiting={mine || lock === 'waiting'}
      onClick={() => answering.say(permissionSaying(answering, option), option.rung)}
    >
      {mine ? pendingLabel(said, decision.session.host.name) : option.name}
    </Button>
  )
}

export function PermissionFooter({ answering }: { answering: Answering }) {
  const { deny, once } = fixedOptions(answering.decision.options)
  const locked = [deny, once].find((option) => option && answering.lock(option) === 'rung')
  return (
    <>
      {locked && <p className="type-second decision-why">{lockedWhy(locked, answering.decision)}</p>}
      <Answers names={[deny, once].flatMap((option) => (option ? [option.name] : []))}>
        {deny && <OptionButton answering={answering} option={deny} tall />}
        {once && <OptionButton answering={answering} option={once} tall />}
      </Answers>
    </>
  )
}

/** Deny with a reason (mockup 03b): the command, the field, and where the words go. */
export function ReasonBody(props: { answering: Answering; reason: string; onChange: (reason: string) => void }) {
  const { decision } = props.answering
  return (
    <SheetPart>
      <EvidenceView decision={decision} brief />
      <div className="decision-reason">
        <TextArea
          label="Reason"
          hideLabel
          rows={3}
          autoFocus
          placeholder="What it should do instead"
          value={props.reason}
          onChange={props.onChange}
        />
      </div>
      <Note icon="comment">{reasonGoes[decision.wordsGo]}</Note>
    </SheetPart>
  )
}

export function ReasonFooter(props: { answering: Answering; reason: string; onBack: () => void }) {
  const { answering } = props
  const { deny } = fixedOptions(answering.decision.options)
  const lock = deny ? answering.lock(deny) : 'waiting'
  return (
    <Answers>
      <Button kind="quiet" tall onClick={props.onBack}>
        Back
      </Button>
      <Button
        tall
        wide
        disabled={props.reason.trim() === '' || lock !== null}
        onClick={() => {
          if (!deny) return
          answering.say(permissionSaying(answering, deny, props.reason), deny.rung)
          props.onBack()
        }}
      >
        Deny and send
      </Button>
    </Answers>
  )
}
