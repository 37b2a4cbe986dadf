// Questions and changes with the admin's token: asked anew each time, nothing is kept. Knows no screen.
import type { TadaDocumentNode } from 'gql.tada'
import { useCallback, useEffect, useState } from 'react'
import { ask } from '../../graphql/ask.ts'
import { type Problem, ProblemError } from '../../graphql/problem.ts'
import { readAdminToken } from './admin-token.ts'

const LATE_MS = 30_000
const noToken: Problem = { code: 'UNAUTHENTICATED', message: 'There is no admin’s token in this tab.' }

export type Answer<Data> = { data: Data } | { problem: Problem }

/** Never throws. */
export async function askAsAdmin<Data, Variables>(
  document: TadaDocumentNode<Data, Variables>,
  variables: Variables,
  token: string | null = readAdminToken(),
): Promise<Answer<Data>> {
  if (token === null) return { problem: noToken }
  try {
    return { data: await ask(document, variables, { token, signal: AbortSignal.timeout(LATE_MS) }) }
  } catch (error) {
    if (error instanceof ProblemError) return { problem: error.problem }
    return { problem: { code: 'OFFLINE', message: 'The server gave no answer.' } }
  }
}

export type Asked<Data> = { data: Data | undefined; problem: Problem | null; reload(): void }

/** Asks when the variables change and on `reload`; what was last known stays meanwhile. Null asks nothing. */
export function useAdmin<Data, Variables>(
  document: TadaDocumentNode<Data, Variables>,
  variables: Variables | null,
): Asked<Data> {
  const [state, setState] = useState<{ data?: Data; problem: Problem | null }>({ problem: null })
  const [turn, setTurn] = useState(0)
  const asked = variables === null ? null : JSON.stringify(variables)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the turn is the wish to ask again
  useEffect(() => {
    if (asked === null) return
    let gone = false
    void askAsAdmin(document, JSON.parse(asked) as Variables).then((answer) => {
      if (gone) return
      setState((last) =>
        'data' in answer ? { data: answer.data, problem: null } : { ...last, problem: answer.problem },
      )
    })
    return () => {
      gone = true
    }
  }, [document, asked, turn])
  return { data: state.data, problem: state.problem, reload: useCallback(() => setTurn((last) => last + 1), []) }
}

export const problemWords = (problem: Problem): string =>
  problem.remedy ? `${problem.message} ${problem.remedy}` : problem.message
