// The app lock in the settings: after how long, and at once. It needs something that can open it again.
import { useLocation } from 'wouter'
import { lockMinutes } from '../../keys/app-lock.ts'
import { Segmented } from '../../ui/choice.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Group, GroupHeading, GroupNote, Row } from '../../ui/row.tsx'
import { useLock } from './lock-context.tsx'
import { minutesWords } from './lock-words.ts'

const CHOICES = [null, 1, 5, 15, 60] as const

export function LockSection() {
  const { lock, state } = useLock()
  const [, go] = useLocation()
  const { ownMinutes, policyMinutes, passkeyIds } = state.record
  const can = passkeyIds.length > 0
  const chosen = String(ownMinutes ?? 'never')
  const options = CHOICES.map((minutes) => ({
    value: String(minutes ?? 'never'),
    label: minutes === null ? 'Never' : String(minutes),
    disabled: minutes !== null && !can,
  }))
  return (
    <>
      <GroupHeading>App lock</GroupHeading>
      <Group label="App lock">
        <Row
          wrap
          title="Lock after this many minutes"
          below={
            <Segmented
              bar
              label="Lock after this many minutes untouched"
              options={options}
              value={chosen}
              onChange={(value) => void lock.setOwnMinutes(value === 'never' ? null : Number(value))}
            />
          }
        />
        {can && lockMinutes(state.record) !== null && (
          <Row lead={<Icon name="lock" size={18} />} title="Lock now" onClick={() => void lock.lockNow()} />
        )}
        {!can && (
          <Row
            lead={<Icon name="key" size={18} />}
            wrap
            title="Make a passkey first"
            detail="Your fingerprint, face or PIN opens the lock again."
            chevron
            onClick={() => go('/settings/passkeys')}
          />
        )}
      </Group>
      <GroupNote>
        {policyMinutes !== null && `Your organisation locks it after ${minutesWords(policyMinutes)} at the latest. `}
        While it is locked nothing of a session is on the screen, and a notification can only be denied or opened.
      </GroupNote>
    </>
  )
}
