// Somebody of an organisation has no passkey here: its provider asks them once more before a workstation comes in (docs/decisions/0020).
import { useEffect, useState } from 'react'
import type { Problem } from '../../graphql/problem.ts'
import { Countdown } from '../../ui/age.tsx'
import { Answers, Button, TextLink } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Note } from '../../ui/note.tsx'
import { localDeadline } from '../pairing/handshake.ts'
import type { SignInProvider } from '../sign-in/doors.ts'
import { remembersPlace } from '../sign-in/place.ts'
import { beginOidc } from '../sign-in/sign-in.ts'
import { signInFailure } from '../sign-in/sign-in-words.ts'

export type AskAgain = {
  name: string
  /** On this device's clock; null when the provider has not asked of late. */
  freshUntilMs: number | null
  busy: boolean
  problem: Problem | null
  /** Leaves the page for the provider's; the person comes back to /login. */
  go(): void
}

/** Null for a person who shows themselves otherwise. */
export function useAskAgain(provider: SignInProvider | null): AskAgain | null {
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [freshUntilMs, setFreshUntilMs] = useState<number | null>(null)
  const freshUntil = provider?.freshUntil ?? null
  useEffect(() => {
    if (freshUntil === null) return setFreshUntilMs(null)
    const until = localDeadline(freshUntil, Date.now())
    setFreshUntilMs(until)
    const timer = setTimeout(() => setFreshUntilMs(null), until - Date.now())
    return () => clearTimeout(timer)
  }, [freshUntil])
  if (provider === null) return null
  const go = async () => {
    setBusy(true)
    setProblem(null)
    const answer = await beginOidc(provider.handle, true)
    if ('problem' in answer) {
      setBusy(false)
      return setProblem(answer.problem)
    }
    remembersPlace('/login')
    window.location.assign(answer.value)
  }
  return { name: provider.organisationName, freshUntilMs, busy, problem, go: () => void go() }
}

const Failed = ({ problem }: { problem: Problem }) => {
  const { title, detail } = signInFailure(problem)
  return (
    <div role="alert">
      <Note icon="info" boxed>
        {title}. {detail}
      </Note>
    </div>
  )
}

/** Before the code: the way there, and the other way round it. */
export function AskAgainFirst({ ask, onOtherwise }: { ask: AskAgain; onOtherwise: () => void }) {
  return (
    <>
      <h2 className="type-sheet">First, {ask.name} asks who you are</h2>
      <p>
        A workstation comes in when you have just shown that you are there. You go to the sign-in page of {ask.name},
        sign in once more and come back here; then you have five minutes to type the code.
      </p>
      {ask.problem && <Failed problem={ask.problem} />}
      <p>
        <TextLink onClick={onOtherwise}>A workstation is known here already, I press a key there</TextLink>
      </p>
    </>
  )
}

export function AskAgainAnswers({ ask, onCancel }: { ask: AskAgain; onCancel: () => void }) {
  return (
    <Answers>
      <Button kind="quiet" tall onClick={onCancel}>
        Cancel
      </Button>
      <Button tall wide waiting={ask.busy} onClick={ask.go}>
        {ask.busy ? 'Going there' : 'Sign in again'}
      </Button>
    </Answers>
  )
}

/** Beside the code, once they are back. */
export const AskedAgain = ({ name, untilMs }: { name: string; untilMs: number }) => (
  <p className="pair-waiting" role="status">
    <Icon name="tick" size={18} />
    <span>
      {name} has asked who you are. Good for <Countdown until={untilMs} />
    </span>
  </p>
)

/** Too late, or never asked: the pairing that waits cannot go along to the provider's page. */
export function AskAgainInstead({ ask }: { ask: AskAgain }) {
  return (
    <>
      <p className="ink-2">
        Or sign in at {ask.name} once more. This pairing ends with it: run <code>offdesk login</code> on the new machine
        again afterwards, for another code.
      </p>
      {ask.problem && <Failed problem={ask.problem} />}
      <Button kind="quiet" tall block icon="building" waiting={ask.busy} onClick={ask.go}>
        {ask.busy ? 'Going there' : `Sign in again at ${ask.name}`}
      </Button>
    </>
  )
}
