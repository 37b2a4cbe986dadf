// What stands before the app: not paired, and revoked. Neither clears anything until the person says so.
import { useLocation } from 'wouter'
import { remembersPlace } from '../features/sign-in/place.ts'
import type { Identity } from '../keys/identity.ts'
import { useIdentityStore } from '../keys/identity-context.tsx'
import { At } from '../ui/age.tsx'
import { AppMark } from '../ui/app-mark.tsx'
import { Button } from '../ui/button.tsx'
import { deviceWord } from '../ui/device-word.ts'

/** One sentence and the two ways in. */
export function NotPaired() {
  const [location, go] = useLocation()
  // Whoever came to let a workstation in goes on there once they are somebody.
  const wantsLogin = location === '/login'
  const pair = (
    <Button tall block kind={wantsLogin ? 'quiet' : 'primary'} onClick={() => go('/pair')}>
      Pair this {deviceWord()}
    </Button>
  )
  return (
    <div className="app-message">
      <AppMark size={40} />
      <h1 className="type-sheet">This {deviceWord()} is not paired</h1>
      <p>
        {wantsLogin
          ? 'A workstation asks to be let in. Sign in first; then its code is typed here.'
          : 'Pair it with a workstation to see its sessions and steer them from here.'}
      </p>
      {!wantsLogin && pair}
      <Button
        tall
        block
        kind={wantsLogin ? 'primary' : 'quiet'}
        onClick={() => {
          if (wantsLogin) remembersPlace('/login')
          go('/sign-in')
        }}
      >
        Sign in
      </Button>
      {wantsLogin && pair}
    </div>
  )
}

/** Shown when the server has refused this device for good. What is stored stays until one of the buttons is pressed. */
export function Revoked({ identity }: { identity: Identity }) {
  const store = useIdentityStore()
  const [, go] = useLocation()
  const forget = async (path: string) => {
    // The key goes too: a revoked one is never used again, the next pairing makes another.
    await store.forget()
    go(path)
  }
  return (
    <div className="app-message" role="alert">
      <AppMark size={40} />
      <h1 className="type-sheet">This {deviceWord()} may no longer connect</h1>
      <p>
        The server refuses “{identity.deviceName}”
        {identity.revokedAt !== undefined && (
          <>
            {' '}
            since <At at={identity.revokedAt} />
          </>
        )}
        . It was revoked on another device or at the workstation, or the server has a new database. What is stored here
        stays until you choose.
      </p>
      <Button tall block onClick={() => void forget('/pair')}>
        Pair this {deviceWord()} again
      </Button>
      <Button tall block kind="quiet" onClick={() => void forget('/')}>
        Remove what is stored here
      </Button>
    </div>
  )
}
