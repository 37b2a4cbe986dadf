// One option of the agent's, in its words, as a row. Above this device's rung it stays visible, locked, and says why.
import { useState } from 'react'
import { TextLink } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Row } from '../../ui/row.tsx'
import { VisibleText } from '../../ui/visible-controls.tsx'
import type { Due } from '../passkeys/step-up.ts'
import { lockedWhy, type Option } from './answer-words.ts'
import type { Decision } from './decision-store.ts'

export function OptionRow(props: {
  option: Option
  decision: Decision
  lock: 'rung' | 'evidence' | 'waiting' | null
  /** What it says instead of its name once it was tapped. */
  pending: string | null
  due: Due
  onChoose: () => void
}) {
  const [why, setWhy] = useState(false)
  const { option, lock } = props
  const title = <VisibleText text={props.pending ?? option.name} mode="text" />
  const asks = props.due === 'no' ? null : props.due === 'ask' ? 'Asks for your passkey.' : 'Needs a passkey.'
  const detail =
    option.description === null && asks === null ? undefined : (
      <>
        {option.description !== null && (
          <>
            <VisibleText text={option.description} mode="text" />{' '}
          </>
        )}
        {asks}
      </>
    )
  const described = detail === undefined ? {} : { detail }
  if (lock === 'rung')
    return (
      <Row
        sheet
        wrap
        tone="muted"
        title={title}
        {...described}
        end={<Icon name="lock" size={18} label="Locked" />}
        trailing={<TextLink onClick={() => setWhy(!why)}>Why?</TextLink>}
        {...(why ? { below: <p className="type-second decision-why">{lockedWhy(option, props.decision)}</p> } : {})}
      />
    )
  return (
    <Row
      sheet
      wrap
      title={title}
      {...described}
      disabled={lock !== null}
      tone={lock === null ? 'plain' : 'muted'}
      onClick={props.onChoose}
      {...(lock === 'evidence'
        ? { end: <Icon name="lock" size={18} label="Locked" /> }
        : asks === null
          ? { chevron: true }
          : { end: <Icon name="key" /> })}
    />
  )
}
