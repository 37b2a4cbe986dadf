// Signing in: a one-time link, a passkey, an organisation's own sign-in. Outside the app, since nobody is anybody here yet.
import '../features/pairing/pairing.css'
import '../features/sign-in/sign-in.css'
import { useCallback, useEffect, useState } from 'react'
import { useLocation, useSearchParams } from 'wouter'
import { useAdmitted } from '../features/sign-in/admitted.ts'
import { InvitationForm } from '../features/sign-in/invitation-form.tsx'
import { SignInForm } from '../features/sign-in/sign-in-form.tsx'
import { signInFailure } from '../features/sign-in/sign-in-words.ts'
import type { Problem } from '../graphql/problem.ts'
import { keysArePossible } from '../keys/device-key.ts'
import { useIdentity } from '../keys/identity-context.tsx'
import { Button, IconButton } from '../ui/button.tsx'
import { deviceWord } from '../ui/device-word.ts'

/** Reads the code once and takes it out of the address: history must not keep what opens a door. */
function takeCode(): string | null {
  const code = window.location.hash.slice(1)
  if (code === '') return null
  window.history.replaceState(window.history.state, '', window.location.pathname + window.location.search)
  return decodeURIComponent(code)
}

export default function SignInScreen() {
  const [, go] = useLocation()
  const [search] = useSearchParams()
  const state = useIdentity()
  const admitted = useAdmitted()
  const [code, setCode] = useState(takeCode)
  const [problem, setProblem] = useState<Problem | null>(null)
  const isSomebodys = state.kind === 'paired'
  useEffect(() => {
    // A link opened while this page is there changes the fragment only.
    const onHash = () => {
      const next = takeCode()
      if (next === null) return
      setProblem(null)
      setCode(next)
    }
    window.addEventListener('hashchange', onHash)
    return () => window.removeEventListener('hashchange', onHash)
  }, [])
  const onProblem = useCallback((met: Problem) => setProblem(met), [])
  const leave = () => go('/', { replace: true })

  const content = () => {
    if (!keysArePossible())
      return (
        <div role="alert" className="pair-failure">
          <h1 className="type-screen">This address cannot hold a key</h1>
          <p>
            Browsers give keys and passkeys to https pages only, and this is {window.location.origin}. Open Offdesk by
            its https address.
          </p>
        </div>
      )
    if (problem) {
      const words = signInFailure(problem)
      return (
        <>
          <div role="alert" className="pair-failure">
            <h1 className="type-screen">{words.title}</h1>
            <p>{words.detail}</p>
          </div>
          <div className="pair-foot">
            {words.again && (
              <Button tall block onClick={() => setProblem(null)}>
                Try again
              </Button>
            )}
            <Button
              kind={words.again ? 'quiet' : 'primary'}
              tall
              block
              onClick={() => {
                setCode(null)
                setProblem(null)
              }}
            >
              {code === null && words.again ? 'Another way' : 'To the sign-in'}
            </Button>
          </div>
        </>
      )
    }
    if (code !== null)
      return (
        <InvitationForm
          key={code}
          {...{ code, isSomebodys, onProblem }}
          onSignedIn={(signed) => void admitted(signed)}
          onLeave={leave}
        />
      )
    if (isSomebodys)
      return (
        <div className="pair-form">
          <h1 className="type-screen">This {deviceWord()} is in already</h1>
          <p>
            It is “{state.identity.deviceName}”. If somebody else is to sign in here, unpair it first under Settings.
          </p>
          <div className="pair-foot">
            <Button tall block onClick={leave}>
              To the sessions
            </Button>
          </div>
        </div>
      )
    return (
      <SignInForm
        handle={search.get('with')}
        onProblem={onProblem}
        onSignedIn={(signed) => void admitted(signed)}
        onPair={() => go('/pair')}
      />
    )
  }
  return (
    <main className="pair">
      <div className="pair-top">
        <IconButton icon="cross" label="Close" onClick={leave} />
      </div>
      {content()}
    </main>
  )
}
