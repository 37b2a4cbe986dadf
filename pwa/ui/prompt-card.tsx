// The person's own words: a prompt with its receipt, a comment on a step. The only ground in --user.
import type { ReactNode } from 'react'
import { Icon } from './icon.tsx'

/**
 * A prompt. `queued` is outlined, `unknown` stands on amber with its cause in `why`. `receipt` is a <Receipt/> or words,
 * `actions` are <TextLink/>s, the last of them at the right.
 */
export function PromptCard(props: {
  children: ReactNode
  state?: 'sent' | 'queued' | 'unknown' | undefined
  receipt?: ReactNode | undefined
  /** For unknown: what happened, in bold, and what to do. */
  why?: { title: ReactNode; text: ReactNode } | undefined
  actions?: ReactNode | undefined
}) {
  return (
    <article className={`prompt-card prompt-card-${props.state ?? 'sent'}`} aria-label="Your prompt">
      <div className="prompt-card-text">{props.children}</div>
      {props.why !== undefined && (
        <div className="prompt-card-why">
          <strong>
            <Icon name="question-ring" size={16} />
            {props.why.title}
          </strong>
          {props.why.text}
        </div>
      )}
      {props.receipt}
      {props.actions !== undefined && <div className="prompt-card-actions">{props.actions}</div>}
    </article>
  )
}

/** A comment on a part of a plan or a diff, with its Edit and Remove. */
export function CommentCard({ children, actions }: { children: ReactNode; actions?: ReactNode | undefined }) {
  return (
    <div className="comment-card">
      <div className="type-tool">{children}</div>
      <div className="comment-card-foot">
        <span>Your comment</span>
        {actions}
      </div>
    </div>
  )
}
