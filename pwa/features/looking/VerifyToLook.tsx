// What stands where sessions would be until this device's person is verified: one button, what can be ended all the same, and what to do without a passkey.
import './looking.css'
import { useLocation } from 'wouter'
import { useLink } from '../../graphql/connection-context.tsx'
import { AppMark } from '../../ui/app-mark.tsx'
import { Button } from '../../ui/button.tsx'
import { deviceWord } from '../../ui/device-word.ts'
import { Typed } from '../../ui/typed.tsx'
import { minutesWords } from '../lock/lock-words.ts'
import type { LookingState } from './looking.ts'
import { Stoppables } from './stoppables.tsx'
import { useVouching } from './use-vouching.ts'

export function VerifyToLook({ state }: { state: Extract<LookingState, { kind: 'due' }> }) {
  const link = useLink()
  const [, go] = useLocation()
  const { can, busy, said, vouch } = useVouching()
  const { everyMinutes } = state
  const owner = state.said?.owner ?? 'your organisation'
  const word = deviceWord()
  const isAway = link.kind !== 'live'
  return (
    <main className="app-message look">
      <AppMark size={40} />
      <h1 className="type-sheet">Verify to look</h1>
      <p>
        By the rule of {owner}, sessions are shown after your passkey
        {everyMinutes !== null && `, and for ${minutesWords(everyMinutes)} then`}. The agents go on working.
      </p>
      {!can && !isAway && (
        <p>
          This {word} has no passkey that counts. Make one and confirm it at a workstation’s terminal with{' '}
          <code>offdesk devices pin</code>; or type <Typed>offdesk invite --myself</Typed> there for one to sign in
          with.
        </p>
      )}
      {isAway && (
        <p role="status">The server is out of reach. It has to see your passkey; try again when it is back.</p>
      )}
      {said !== null && <p role="alert">{said}</p>}
      {can ? (
        <Button tall block icon="key" waiting={busy || isAway} onClick={() => void vouch()}>
          {busy ? 'Waiting for your passkey' : 'Verify'}
        </Button>
      ) : (
        <Button tall block icon="key" onClick={() => go('/settings/passkeys')}>
          Set up a passkey
        </Button>
      )}
      <Stoppables />
      <Button kind="quiet" block onClick={() => go('/settings')}>
        Settings
      </Button>
    </main>
  )
}
