// Tells the lock what the server says: the organisation's time, and what can open it. And the person, while nothing can.
import { useEffect } from 'react'
import { useLocation } from 'wouter'
import { TextLink } from '../../ui/button.tsx'
import { deviceWord } from '../../ui/device-word.ts'
import { usePasskeys } from '../passkeys/passkeys.ts'
import { useEffectivePolicy } from '../policy/effective.ts'
import { useLock } from './lock-context.tsx'
import { minutesWords } from './lock-words.ts'

/** One line while a lock holds that nothing could open; else nothing. */
export function LockKeeper() {
  const { lock, state } = useLock()
  const policy = useEffectivePolicy()
  const passkeys = usePasskeys()
  const [location, go] = useLocation()
  const isKnown = policy !== undefined
  const minutes = policy?.idleLockMinutes ?? null
  const ids = passkeys.own?.map((passkey) => passkey.id).join(' ')
  useEffect(() => {
    if (isKnown) void lock.heard({ policyMinutes: minutes })
  }, [lock, isKnown, minutes])
  useEffect(() => {
    if (ids !== undefined) void lock.heard({ passkeyIds: ids === '' ? [] : ids.split(' ') })
  }, [lock, ids])
  const { policyMinutes, passkeyIds } = state.record
  if (policyMinutes === null || passkeyIds.length > 0 || location === '/settings/passkeys') return null
  return (
    <div className="app-line" role="status">
      <span>
        Your organisation locks Offdesk after {minutesWords(policyMinutes)}. Without a passkey this {deviceWord()} has
        to be paired anew then.
      </span>
      <TextLink onClick={() => go('/settings/passkeys')}>Make one</TextLink>
    </div>
  )
}
