// All a view needs to let a person answer one decision: what may be chosen, what was said, and the phone's own digest of the
// evidence it shows. Knows no layout.
import { useEffect, useState } from 'react'
import { evidenceDigest } from '../../../protocol/pairing.ts'
import { useConnection } from '../../graphql/connection-context.tsx'
import { type Rung, reaches } from '../devices/rung-words.ts'
import { type Due, useStepUp } from '../passkeys/step-up.ts'
import { AnswerCommandDocument } from './answer-documents.ts'
import { isDeny, isPending, type Option } from './answer-words.ts'
import type { Said, Saying } from './answers.ts'
import { useAnswers, useSaid } from './answers-context.tsx'
import type { Decision } from './decision-store.ts'

export type Evidence = { kind: 'checking' } | { kind: 'match'; digest: string } | { kind: 'mismatch'; digest: string }

/** Hashes what is shown and compares it with what the server says the workstation said (D1). */
export async function checkEvidence(decision: Pick<Decision, 'evidence' | 'evidenceDigest'>): Promise<Evidence> {
  const digest = await evidenceDigest(decision.evidence)
  return { kind: digest === decision.evidenceDigest ? 'match' : 'mismatch', digest }
}

const mutationOf = { PERMISSION: 'answerPermission', QUESTION: 'answerQuestion', PLAN: 'decidePlan' } as const

export type Answering = {
  decision: Decision
  said: Said | undefined
  evidence: Evidence
  /** Why an option cannot be chosen now; null when it can. `rung` locks stay, the others pass. */
  lock(option: Option): 'rung' | 'evidence' | 'waiting' | null
  /** For questions, which have no options: the same for answering and for declining. */
  lockQuestion(decline: boolean): 'rung' | 'waiting' | null
  /** Asks for the passkey first where that is due; where none would count it says so in `needs` instead. */
  say(saying: Saying, rung: Rung): void
  /** What choosing something of that rung asks of the person. */
  due(rung: Rung, isDeny: boolean): Due
  /** What was chosen and needs a passkey that is not there; null otherwise. */
  needs: { what: string; forget(): void } | null
}

export function useAnswering(decision: Decision): Answering {
  const answers = useAnswers()
  const { urql } = useConnection()
  const said = useSaid(decision.id)
  const [evidence, setEvidence] = useState<Evidence & { of?: string }>({ kind: 'checking' })

  useEffect(() => {
    let gone = false
    checkEvidence({ evidence: decision.evidence, evidenceDigest: decision.evidenceDigest }).then(
      (checked) => !gone && setEvidence({ ...checked, of: decision.evidence }),
      () => undefined,
    )
    return () => {
      gone = true
    }
  }, [decision.evidence, decision.evidenceDigest])

  // The decision is open and its proposal is not ours: ours was refused, has expired, is unknown or was replaced. Ask which.
  const mine = said?.state.kind === 'sent' ? said.state.command : null
  const proposalId = decision.proposal?.id ?? null
  const lost = decision.state === 'OPEN' && isPending(said) && mine !== null && proposalId !== mine.id ? mine.id : null
  useEffect(() => {
    if (lost === null || said === undefined) return
    const { key } = said.answer
    urql
      .query(AnswerCommandDocument, { id: lost }, { requestPolicy: 'network-only' })
      .toPromise()
      .then(({ data }) => data?.command && answers.update(key, data.command))
  }, [lost, said, urql, answers])

  const stepUp = useStepUp()
  const [needs, setNeeds] = useState<string | null>(null)
  const refusal = said?.state.kind === 'refused' ? said.state.problem.code : mine?.refusal?.code
  const wasRefused = refusal === 'PASSKEY_REQUIRED'
  const hostId = decision.session.host.id
  const due = (rung: Rung, deny: boolean): Due => (deny ? 'no' : stepUp.due(rung, hostId, wasRefused))

  const held = decision.session.allowed.rung
  const pending = isPending(said) ? said : null
  const othersProposal = decision.proposal !== null && decision.proposal.id !== mine?.id
  // What was hashed is what is on the screen now, not what was there a moment ago.
  const current: Evidence = evidence.of === decision.evidence ? evidence : { kind: 'checking' }

  return {
    decision,
    said,
    evidence: current,
    lock(option) {
      const deny = isDeny(option)
      if (deny ? held === 'VIEW' : !reaches(held, option.rung)) return 'rung'
      // A deny is never held back: it replaces an allow that is on its way (D2, D5).
      if (deny) return pending?.answer.isDeny ? 'waiting' : null
      if (pending || othersProposal) return 'waiting'
      if (current.kind === 'mismatch') return 'evidence'
      return current.kind === 'checking' ? 'waiting' : null
    },
    lockQuestion(decline) {
      if (held === 'VIEW') return 'rung'
      if (decline) return pending?.answer.isDeny ? 'waiting' : null
      // The digest is signed with the answer: a moment after the sheet opens it is there.
      return pending || othersProposal || current.kind === 'checking' ? 'waiting' : null
    },
    due,
    needs: needs === null ? null : { what: needs, forget: () => setNeeds(null) },
    say(saying, rung) {
      const asks = due(rung, saying.isDeny)
      if (asks === 'none' || asks === 'unpinned') return setNeeds(saying.what)
      if (asks === 'no') return answers.say(saying)
      answers.say(saying, ({ kind, input, key, seen, saidAtMs }) =>
        stepUp.prove(mutationOf[kind], { ...input, key }, seen, saidAtMs),
      )
    },
  }
}

/** The answer to a permission, as the mutation takes it. */
export function permissionSaying(answering: Answering, option: Option, reason?: string): Saying {
  const { decision, evidence } = answering
  return {
    kind: 'PERMISSION',
    what: option.name,
    isDeny: isDeny(option),
    seen: { hostId: decision.session.host.id, optionName: option.name },
    input: {
      sessionId: decision.session.id,
      decisionId: decision.id,
      epoch: decision.epoch,
      optionId: option.id,
      evidenceDigest: evidence.kind === 'checking' ? null : evidence.digest,
      reason: reason?.trim() ? reason.trim() : null,
    },
  }
}
