// Where an organisation's provider sends the browser back to: the sign-in is finished in the tab that began it, or said not to be.
import '../features/pairing/pairing.css'
import { useEffect, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { suggestName } from '../features/pairing/this-device.ts'
import { useAdmitted } from '../features/sign-in/admitted.ts'
import { finishOidc } from '../features/sign-in/sign-in.ts'
import { signInFailure } from '../features/sign-in/sign-in-words.ts'
import type { Problem } from '../graphql/problem.ts'
import { useIdentity } from '../keys/identity-context.tsx'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'

export default function OidcReturnScreen() {
  const [, go] = useLocation()
  const admitted = useAdmitted()
  const [problem, setProblem] = useState<Problem | null>(null)
  const begun = useRef(false)
  // Somebody who shows themselves anew keeps the name that this device has.
  const state = useIdentity()
  const ownName = state.kind === 'paired' ? state.identity.deviceName : null
  useEffect(() => {
    if (begun.current) return
    begun.current = true
    const returned = window.location.href
    // What the provider put there is good once, and is nobody else's to read.
    window.history.replaceState(window.history.state, '', window.location.pathname)
    void finishOidc(returned, ownName ?? suggestName(navigator)).then((answer) => {
      if ('problem' in answer) setProblem(answer.problem)
      else void admitted(answer.value)
    })
  }, [admitted, ownName])
  const words = problem && signInFailure(problem)
  return (
    <main className="pair">
      {words ? (
        <>
          <div role="alert" className="pair-failure">
            <h1 className="type-screen">{words.title}</h1>
            <p>{words.detail}</p>
          </div>
          <div className="pair-foot">
            <Button tall block onClick={() => go('/sign-in', { replace: true })}>
              To the sign-in
            </Button>
          </div>
        </>
      ) : (
        <>
          <h1 className="type-screen">Signing in</h1>
          <p className="pair-waiting" role="status">
            <Icon name="working" size={18} />
            <span>Asking the server</span>
          </p>
        </>
      )}
    </main>
  )
}
