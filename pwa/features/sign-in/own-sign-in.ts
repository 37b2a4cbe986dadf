// A person's own passkeys to sign in with, and their invitations: each change said yes to with a passkey that is there already.
import { useCallback, useEffect } from 'react'
import { useQuery } from 'urql'
import type { Connection } from '../../graphql/connection.ts'
import { useConnection, useLink } from '../../graphql/connection-context.tsx'
import { type Problem, ProblemError, problemOf, problemOfResult } from '../../graphql/problem.ts'
import { confirmAct, makeSignInPasskey, signInWords } from '../../keys/sign-in-passkeys.ts'
import { useViewer } from '../devices/viewer.ts'
import {
  AddSignInPasskeyDocument,
  BeginConfirmationDocument,
  BeginSignInPasskeyDocument,
  CreateInvitationDocument,
  type Invitation,
  type NewInvitation,
  OwnSignInDocument,
  RemoveSignInPasskeyDocument,
  RevokeInvitationDocument,
  type SignInPasskey,
} from './own-documents.ts'
import { type Answer, told } from './sign-in.ts'

export type OwnSignIn = {
  loaded: boolean
  problem: Problem | null
  passkeys: readonly SignInPasskey[]
  invitations: readonly Invitation[]
  /** Each asks for a passkey first, `revoke` where this device may only look. Null when it is done. */
  add(name: string): Promise<Problem | null>
  remove(id: string): Promise<Problem | null>
  invite(asked: { name: string; hours: number }): Promise<Answer<{ link: string; name: string; expiresAt: string }>>
  revoke(id: string): Promise<Problem | null>
}

type Result<Data> = Parameters<typeof problemOfResult>[0] & { data?: Data | undefined }
const dataOf = <Data>(result: Result<Data>): Data => {
  const problem = problemOfResult(result)
  if (problem) throw new ProblemError(problem)
  if (!result.data) throw new ProblemError(problemOf([]))
  return result.data
}
const origin = () => window.location.origin

async function confirmed({ urql }: Connection, act: string) {
  const { beginConfirmation } = dataOf(await urql.mutation(BeginConfirmationDocument, { origin: origin() }).toPromise())
  return confirmAct(act, beginConfirmation)
}

async function add(connection: Connection, name: string): Promise<void> {
  const { urql } = connection
  const confirmation = await confirmed(connection, 'add-passkey')
  const begun = dataOf(await urql.mutation(BeginSignInPasskeyDocument, { origin: origin() }).toPromise())
  const { challenge: nonce, ...making } = begun.beginSignInPasskey
  const { bytes } = await signInWords(nonce, name)
  const passkey = await makeSignInPasskey({ ...making, nonce }, bytes)
  const input = { name, nonce, passkey, confirmation }
  dataOf(await urql.mutation(AddSignInPasskeyDocument, { input }).toPromise())
}

async function remove(connection: Connection, id: string): Promise<void> {
  const confirmation = await confirmed(connection, `remove-passkey ${id}`)
  dataOf(await connection.urql.mutation(RemoveSignInPasskeyDocument, { id, confirmation }).toPromise())
}

async function invite(connection: Connection, asked: { name: string; hours: number }) {
  const confirmation = await confirmed(connection, 'invite')
  const input: NewInvitation = { ...asked, kind: 'PERSON', confirmation }
  const { createInvitation } = dataOf(await connection.urql.mutation(CreateInvitationDocument, { input }).toPromise())
  const { link, code, invitation } = createInvitation
  return {
    link: link ?? `${origin()}/sign-in#${code}`,
    name: invitation.name,
    expiresAt: invitation.expiresAt,
  }
}

/** `isProven`: a device that may only look says yes with a passkey; its token may be a thief's. */
async function revoke(connection: Connection, id: string, isProven: boolean): Promise<void> {
  const confirmation = isProven ? await confirmed(connection, `revoke-invitation ${id}`) : null
  dataOf(await connection.urql.mutation(RevokeInvitationDocument, { id, confirmation }).toPromise())
}

export function useOwnSignIn(): OwnSignIn {
  const connection = useConnection()
  const link = useLink()
  const rung = useViewer()?.rung
  const [{ data, error }, again] = useQuery({ query: OwnSignInDocument })
  const reload = useCallback(() => again({ requestPolicy: 'network-only' }), [again])
  useEffect(() => {
    if (link.kind === 'live') reload()
  }, [link.kind, reload])
  const after = async <Value>(way: () => Promise<Value>): Promise<Answer<Value>> => {
    const answer = await told(way)
    reload()
    return answer
  }
  const orProblem = (answer: Answer<unknown>): Problem | null => ('problem' in answer ? answer.problem : null)
  return {
    loaded: data !== undefined,
    problem: problemOfResult(error ? { error } : {}),
    passkeys: data?.signInPasskeys ?? [],
    invitations: data?.invitations ?? [],
    add: async (name) => orProblem(await after(() => add(connection, name))),
    remove: async (id) => orProblem(await after(() => remove(connection, id))),
    invite: (asked) => after(() => invite(connection, asked)),
    revoke: async (id) => orProblem(await after(() => revoke(connection, id, rung === 'VIEW'))),
  }
}
