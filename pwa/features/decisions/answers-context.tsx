// This device's answers for as long as the app is connected: sent over urql, kept in the vault when nobody answers.
import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from 'react'
import type { SteeringMutation } from '../../../protocol/command-input.ts'
import type { Connection } from '../../graphql/connection.ts'
import { useConnection } from '../../graphql/connection-context.tsx'
import { problemOfResult } from '../../graphql/problem.ts'
import { noKeyProblem, signedInput } from '../../keys/signing.ts'
import { readVault, writeVault } from '../../keys/vault.ts'
import { AnswerPermissionDocument, AnswerQuestionDocument, DecidePlanDocument } from './answer-documents.ts'
import { type Answer, type Answers, createAnswers, type KeptAnswers, type Outcome, type Said } from './answers.ts'

const Context = createContext<Answers | null>(null)
const NAME = 'kept-answers'

const vaultStore: KeptAnswers = {
  async read() {
    const kept = await readVault(NAME)
    // Written by this file alone; a list of anything else is none.
    return Array.isArray(kept) ? (kept as Answer[]) : []
  },
  write: (answers) => writeVault(NAME, answers),
}

async function send(connection: Connection, answer: Answer): Promise<Outcome> {
  const result = await mutated(connection, answer)
  if (result === null) return { problem: noKeyProblem }
  const command = result.data?.command
  if (command) return { command }
  return { problem: problemOfResult(result) ?? { code: 'INTERNAL', message: 'The server gave no result. Try again.' } }
}

/** Signed each time it goes: the time that counts is when the person said so. Null without a key. */
async function mutated({ urql }: Connection, { key, seen, saidAtMs, proof, ...answer }: Answer) {
  const signed = <Input extends object>(mutation: SteeringMutation, input: Input) =>
    proof === undefined ? signedInput(mutation, input, seen, saidAtMs) : { ...input, proof }
  switch (answer.kind) {
    case 'PERMISSION': {
      const input = await signed('answerPermission', { ...answer.input, key })
      return input && urql.mutation(AnswerPermissionDocument, { input }).toPromise()
    }
    case 'QUESTION': {
      const input = await signed('answerQuestion', { ...answer.input, key })
      return input && urql.mutation(AnswerQuestionDocument, { input }).toPromise()
    }
    case 'PLAN': {
      const input = await signed('decidePlan', { ...answer.input, key })
      return input && urql.mutation(DecidePlanDocument, { input }).toPromise()
    }
  }
}

export function AnswersProvider({ children }: { children: ReactNode }) {
  const connection = useConnection()
  const [answers] = useState(() => createAnswers({ send: (answer) => send(connection, answer), store: vaultStore }))
  useEffect(() => {
    const stop = connection.link.subscribe(() => {
      if (connection.link.current().kind === 'live') answers.wake()
    })
    return () => {
      stop()
      answers.close()
    }
  }, [connection, answers])
  return <Context value={answers}>{children}</Context>
}

/** Throws outside the provider: a mistake of the programmer. */
export function useAnswers(): Answers {
  const answers = useContext(Context)
  if (!answers) throw new Error('AnswersProvider is missing')
  return answers
}

/** What this device last said to a decision. */
export function useSaid(decisionId: string): Said | undefined {
  const answers = useAnswers()
  return useSyncExternalStore(answers.subscribe, () => answers.of(decisionId))
}
