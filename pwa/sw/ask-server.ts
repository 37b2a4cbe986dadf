// What the worker asks the server by itself, with the identity kept in IndexedDB: what a notice is about, and an answer given on
// its button. One tap is one answer however often the event is delivered: the key follows from what was chosen, and where (C1).
import { evidenceDigest } from '../../protocol/pairing.ts'
import { AnswerPermissionDocument } from '../features/decisions/answer-documents.ts'
import { answerKey } from '../features/push/answer-key.ts'
import type { Learned, NoticeAnswer, NoticeDecision } from '../features/push/notice.ts'
import { SubscribePushDocument, subscriptionInput } from '../features/push/subscription.ts'
import { ask } from '../graphql/ask.ts'
import { graphql } from '../graphql/graphql.ts'
import { ProblemError } from '../graphql/problem.ts'
import { readIdentity } from '../keys/identity.ts'
import { signedInput } from '../keys/signing.ts'

const NoticeDocument = graphql(`
  query Notice($sessionId: ID!, $decisionId: ID!) {
    session(id: $sessionId) {
      id
      decision(id: $decisionId) {
        id kind state epoch evidence evidenceDigest
        options { id kind name description rung thenMode }
        session { id host { id name } allowed { rung } }
      }
    }
    decisions(first: 100) { edges { node { id } } }
    effectivePolicy { stepUp { from } }
  }
`)
const ServerKeyDocument = graphql(`query ServerKey { viewer { id server { pushPublicKey } } }`)

const UnseenDocument = graphql(`
  query Unseen {
    stoppable { sessionId hostId hostName decisions { id kind epoch optionId optionName } }
  }
`)

const LEARN_MS = 4_000

/** What a notice is about and how many decisions are open; nulls when the server does not answer in time. */
export async function learn(about: {
  sessionId: string
  decisionId: string
}): Promise<{ learned: Learned; openCount: number | null }> {
  const identity = await readIdentity().catch(() => null)
  if (!identity) return { learned: null, openCount: null }
  const asked = { token: identity.token, signal: AbortSignal.timeout(LEARN_MS) }
  try {
    const answer = await ask(NoticeDocument, about, asked)
    const decision: NoticeDecision | null = answer.session?.decision ?? null
    const openCount = answer.decisions.edges.length
    if (!decision) return { learned: null, openCount }
    const digest = await evidenceDigest(decision.evidence)
    const evidenceMatches = digest === decision.evidenceDigest
    return { learned: { decision, evidenceMatches, stepUpFrom: answer.effectivePolicy.stepUp.from }, openCount }
  } catch (error) {
    // Its person must be verified before this device may look: what waits can be denied all the same (D5).
    const mayNotLook = error instanceof ProblemError && error.problem.code === 'PASSKEY_REQUIRED'
    return { learned: mayNotLook ? await unseen(about, asked).catch(() => null) : null, openCount: null }
  }
}

/** What a deny needs, and nothing of what is asked; no worker can ask who holds the phone, so the rest leads to the page. */
async function unseen(
  about: { sessionId: string; decisionId: string },
  asked: { token: string; signal: AbortSignal },
): Promise<Learned> {
  const { stoppable } = await ask(UnseenDocument, {}, asked)
  const session = stoppable.find(({ sessionId }) => sessionId === about.sessionId)
  const found = session?.decisions.find(({ id }) => id === about.decisionId)
  if (!session || !found) return null
  const { optionId, optionName } = found
  const deny = { kind: 'reject_once', description: null, rung: 'ANSWER', thenMode: null } as const
  const decision: NoticeDecision = {
    ...{ id: found.id, kind: found.kind, state: 'OPEN', epoch: found.epoch },
    // A deny is good without having been shown what is asked (D5).
    ...{ evidence: '', evidenceDigest: null },
    options: optionId === null ? [] : [{ ...deny, id: optionId, name: optionName ?? 'Deny' }],
    session: {
      ...{ id: session.sessionId, host: { id: session.hostId, name: session.hostName } },
      allowed: { rung: 'ANSWER' },
    },
  }
  return { decision, evidenceMatches: false, stepUpFrom: 'VIEW' }
}

/** Sends the answer of a button. Never throws: what went wrong is said on the notification. */
export async function sendAnswer(
  answer: NoticeAnswer,
): Promise<{ kind: 'sent'; state: string } | { kind: 'failed'; why: string }> {
  const identity = await readIdentity().catch(() => null)
  if (!identity) return { kind: 'failed', why: 'this device is not paired any more.' }
  const { sessionId, decisionId, epoch, optionId, evidenceDigest: digest } = answer
  const key = await answerKey(answer)
  const given = { sessionId, decisionId, epoch, optionId, key, evidenceDigest: digest, reason: null }
  try {
    const seen = { hostId: answer.hostId, optionName: answer.name }
    const input = await signedInput('answerPermission', given, seen, Date.now())
    if (input === null) return { kind: 'failed', why: 'this device has lost its key.' }
    const { command } = await ask(AnswerPermissionDocument, { input }, { token: identity.token })
    return { kind: 'sent', state: command.state }
  } catch (error) {
    const problem = error instanceof ProblemError ? error.problem : null
    if (problem?.code === 'OFFLINE') return { kind: 'failed', why: 'the server gave no answer.' }
    return { kind: 'failed', why: problem ? problem.message : 'something went wrong here.' }
  }
}

/** The browser has dropped the address pushes came to: makes another and tells the server. */
export async function renewSubscription(registration: ServiceWorkerRegistration): Promise<void> {
  const identity = await readIdentity()
  if (!identity) return
  const { viewer } = await ask(ServerKeyDocument, {}, { token: identity.token })
  const subscription = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: viewer.server.pushPublicKey,
  })
  await ask(SubscribePushDocument, { input: subscriptionInput(subscription) }, { token: identity.token })
}
