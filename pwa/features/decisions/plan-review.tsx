// The plan full screen (mockup 05): read it, comment a part, choose the mode that follows, approve or reject.
import './plan.css'
import { useEffect, useMemo, useRef, useState } from 'react'
import { AnswerGuard } from '../../ui/answer-guard.tsx'
import { Header } from '../../ui/bars.tsx'
import { Button, IconButton, TextLink } from '../../ui/button.tsx'
import { ChoiceRow, Segmented } from '../../ui/choice.tsx'
import { TextArea } from '../../ui/field.tsx'
import { Markdown } from '../../ui/markdown.tsx'
import { CommentCard } from '../../ui/prompt-card.tsx'
import { StateChip } from '../../ui/state-chip.tsx'
import { isDeny, isPending, lockedWhy, type Option, pendingLabel } from './answer-words.ts'
import type { Saying } from './answers.ts'
import { commentsGo, modeWords, rejectWords } from './decision-words.ts'
import { EvidenceView, MismatchNote } from './evidence-view.tsx'
import { AnswerNotes } from './permission.tsx'
import { approvals, firstApproval } from './plan-approvals.ts'
import { type PlanPart, planParts } from './plan-parts.ts'
import type { Answering } from './use-answering.ts'

type Comments = ReadonlyMap<string, string>

function Part(props: {
  part: PlanPart
  comment: string | undefined
  onComment: (text: string | null) => void
  locked: boolean
}) {
  const { part, comment } = props
  const [draft, setDraft] = useState<string | null>(null)
  const open = () => !props.locked && setDraft(comment ?? '')
  return (
    <div className={`plan-part plan-part-${part.kind}`}>
      {part.kind === 'step' && <span className="plan-number num">{part.number ?? '·'}</span>}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the button beside it does the same for keys */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the same */}
      <div
        className="plan-text"
        onClick={(event) => {
          // A link opens, and marking words to copy is not a tap.
          if (event.target instanceof Element && event.target.closest('a')) return
          if (window.getSelection()?.isCollapsed !== false) open()
        }}
      >
        <Markdown text={part.text} />
      </div>
      {!props.locked && (
        <span className="plan-comment">
          <IconButton icon="comment" label={`Comment on ${part.name}`} onClick={open} />
        </span>
      )}
      <div className="plan-below">
        {draft !== null ? (
          <div className="plan-draft">
            <TextArea
              label={`Comment on ${part.name}`}
              hideLabel
              placeholder="What should be different here"
              rows={2}
              autoFocus
              value={draft}
              onChange={setDraft}
            />
            <div className="plan-draft-foot">
              <TextLink tone="ink" onClick={() => setDraft(null)}>
                Cancel
              </TextLink>
              <TextLink
                disabled={draft.trim() === ''}
                onClick={() => {
                  props.onComment(draft.trim())
                  setDraft(null)
                }}
              >
                Keep comment
              </TextLink>
            </div>
          </div>
        ) : (
          comment !== undefined && (
            <CommentCard
              actions={
                <>
                  <TextLink onClick={open}>Edit</TextLink>
                  <TextLink onClick={() => props.onComment(null)}>Remove</TextLink>
                </>
              }
            >
              {comment}
            </CommentCard>
          )
        )}
      </div>
    </div>
  )
}

function planSaying(
  answering: Answering,
  option: Option,
  what: string,
  comments: { part: string; text: string }[],
): Saying {
  const { decision, evidence } = answering
  return {
    kind: 'PLAN',
    what,
    isDeny: isDeny(option),
    seen: { hostId: decision.session.host.id, optionName: option.name },
    input: {
      sessionId: decision.session.id,
      decisionId: decision.id,
      epoch: decision.epoch,
      optionId: option.id,
      evidenceDigest: evidence.kind === 'checking' ? null : evidence.digest,
      thenMode: option.thenMode,
      comments,
    },
  }
}

function PlanAnswers(props: { answering: Answering; comments: { part: string; text: string }[] }) {
  const { answering, comments } = props
  const { decision, said } = answering
  const { options, byMode } = approvals(decision.options)
  const [chosenId, setChosenId] = useState<string | null>(null)
  const chosen = options.find((option) => option.id === chosenId) ?? firstApproval(options)
  const rejects = decision.options.filter(isDeny)
  const host = decision.session.host.name
  const pendingOf = (option: Option) =>
    isPending(said) && said.answer.kind === 'PLAN' && said.answer.input.optionId === option.id
      ? pendingLabel(said, host)
      : null
  const mode = chosen?.thenMode ?? null
  const verb = chosen && byMode && mode !== null ? `Approve, then ${modeWords[mode].toLowerCase()}` : chosen?.name
  const lock = chosen ? answering.lock(chosen) : null
  const due = chosen ? answering.due(chosen.rung, false) : 'no'
  // With NEXT_PROMPT an approval carries no words (D7): they are left out rather than lost on the way.
  const carried = decision.wordsGo === 'SAME_TURN' ? comments : []
  return (
    <div className="plan-foot">
      {byMode && chosen?.thenMode && (
        <div className="plan-mode">
          <span className="type-tool">Then work in</span>
          <Segmented
            label="Then work in"
            options={options.flatMap((option) =>
              option.thenMode === null ? [] : [{ value: option.id, label: modeWords[option.thenMode] }],
            )}
            value={chosen.id}
            onChange={setChosenId}
          />
        </div>
      )}
      {!byMode &&
        options.length > 1 &&
        options.map((option) => (
          <ChoiceRow
            key={option.id}
            kind="radio"
            name="approval"
            value={option.id}
            checked={option.id === chosen?.id}
            onChange={() => setChosenId(option.id)}
            title={option.name}
            {...(option.description === null ? {} : { detail: option.description })}
          />
        ))}
      <AnswerGuard className="plan-answers" guardKey={`${decision.id}.${decision.epoch}`}>
        {chosen && (
          <Button
            tall
            block
            {...(lock === 'rung' || lock === 'evidence'
              ? { icon: 'lock' as const, disabled: true }
              : due === 'no'
                ? {}
                : { icon: 'key' as const })}
            waiting={lock === 'waiting' || pendingOf(chosen) !== null}
            onClick={() => answering.say(planSaying(answering, chosen, verb ?? chosen.name, carried), chosen.rung)}
          >
            {pendingOf(chosen) ?? verb}
          </Button>
        )}
        <p className="plan-goes">
          {chosen && lock === 'rung' && <>{lockedWhy(chosen, decision)} </>}
          {due === 'ask' && 'Asks for your passkey. '}
          {(due === 'none' || due === 'unpinned') && 'Needs a passkey. '}
          {chosen && byMode && <>The agent calls it “{chosen.name}”. </>}
          {comments.length > 0 && commentsGo(decision.wordsGo, comments.length)}
        </p>
        {rejects.map((option) => (
          <Button
            key={option.id}
            kind="quiet"
            tall
            block
            disabled={answering.lock(option) === 'rung'}
            waiting={answering.lock(option) === 'waiting'}
            onClick={() => answering.say(planSaying(answering, option, option.name, comments), option.rung)}
          >
            {pendingOf(option) ?? rejectWords(option.name, comments.length)}
          </Button>
        ))}
      </AnswerGuard>
    </div>
  )
}

/** A full-screen dialog. Closing it decides nothing. */
export function PlanReview(props: { answering: Answering; onClose: () => void }) {
  const { answering } = props
  const { decision } = answering
  const dialog = useRef<HTMLDialogElement>(null)
  const [comments, setComments] = useState<Comments>(new Map())
  // What the phone hashes must be what it shows: the plan is read from the evidence, of which `plan` is a copy.
  const plan = decision.plan === null ? null : decision.evidence
  const parts = useMemo(() => (plan === null ? [] : planParts(plan)), [plan])
  const locked = decision.session.allowed.rung === 'VIEW'

  useEffect(() => {
    const element = dialog.current
    if (!element) return
    element.showModal()
    return () => element.close()
  }, [])

  const given = parts.flatMap((part) => {
    const text = comments.get(part.id)
    return text === undefined ? [] : [{ part: part.name, text }]
  })
  const comment = (id: string) => (text: string | null) => {
    const next = new Map(comments)
    if (text === null) next.delete(id)
    else next.set(id, text)
    setComments(next)
  }
  return (
    <dialog
      ref={dialog}
      className="plan-review"
      aria-label="Review the plan"
      onCancel={(event) => {
        event.preventDefault()
        props.onClose()
      }}
    >
      <Header
        title="Review the plan"
        meta={`${decision.session.title} · ${decision.session.host.name}`}
        onBack={props.onClose}
        end={<StateChip plain state={{ kind: 'waiting', since: decision.openedAt }} />}
      />
      <div className="plan-scroll">
        <div className="plan-parts">
          {parts.map((part) => (
            <Part
              key={part.id}
              part={part}
              comment={comments.get(part.id)}
              onComment={comment(part.id)}
              locked={locked}
            />
          ))}
          {plan === null && (
            <>
              <p className="type-second">The agent gave no text of the plan. This is all it said:</p>
              <EvidenceView decision={decision} evidence={answering.evidence} />
            </>
          )}
          {plan !== null && <MismatchNote evidence={answering.evidence} />}
          {plan !== null && !locked && <p className="plan-hint">Tap a step to comment on it.</p>}
        </div>
        <AnswerNotes answering={answering} />
      </div>
      <PlanAnswers answering={answering} comments={given} />
    </dialog>
  )
}
