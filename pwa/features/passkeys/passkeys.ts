// The passkeys of this device, as the server and this page know them: made here, asked to count on a workstation, taken away.
import { useCallback, useEffect, useState } from 'react'
import { useQuery } from 'urql'
import type { Connection } from '../../graphql/connection.ts'
import { useConnection, useLink } from '../../graphql/connection-context.tsx'
import { type Problem, problemOf as problemOfErrors, problemOfResult } from '../../graphql/problem.ts'
import {
  forgetPasskey,
  keepPasskey,
  makePasskey,
  type PasskeyProblem,
  pinRequest,
  problemOf,
  readPasskey,
} from '../../keys/passkeys.ts'
import { noKeyProblem } from '../../keys/signing.ts'
import {
  BeginPasskeyDocument,
  type OwnPasskey,
  type PasskeyHost,
  PasskeysDocument,
  PinPasskeyDocument,
  PinStateDocument,
  RegisterPasskeyDocument,
  RemovePasskeyDocument,
} from './documents.ts'

export type { OwnPasskey, PasskeyHost }

const problem = ({ code, message }: PasskeyProblem): Problem => ({ code: `PASSKEY_${code.toUpperCase()}`, message })

export type Passkeys = {
  /** Of this device, made under this very address; undefined while it is not known. */
  own: readonly OwnPasskey[] | undefined
  hosts: readonly PasskeyHost[]
  /** Makes one and registers it. Null when it is done. */
  make(name: string): Promise<Problem | null>
  /** Asks a workstation to let it count. The code is what its terminal shows too. */
  pin(hostId: string): Promise<{ code: string; commandId: string } | { problem: Problem }>
  remove(id: string): Promise<Problem | null>
  reload(): void
}

async function make({ urql }: Connection, name: string): Promise<Problem | null> {
  const begun = await urql.mutation(BeginPasskeyDocument, { origin: window.location.origin }).toPromise()
  if (!begun.data) return problemOfResult(begun) ?? problemOfErrors([])
  const made = await makePasskey(begun.data.beginPasskey)
  if ('problem' in made) return problem(made.problem)
  const registered = await urql.mutation(RegisterPasskeyDocument, { input: { ...made.input, name } }).toPromise()
  if (!registered.data) return problemOfResult(registered) ?? problemOfErrors([])
  await keepPasskey(made.kept)
  return null
}

async function pin({ urql }: Connection, hostId: string) {
  const kept = await readPasskey()
  if (!kept) return { problem: { code: 'NOT_FOUND', message: 'This page has lost its passkey. Make another one.' } }
  try {
    const asked = await pinRequest(hostId, kept)
    if (!asked) return { problem: noKeyProblem }
    const result = await urql.mutation(PinPasskeyDocument, { input: asked.input }).toPromise()
    if (!result.data) return { problem: problemOfResult(result) ?? problemOfErrors([]) }
    return { code: asked.code, commandId: result.data.pinPasskey.id }
  } catch (error) {
    return { problem: problem(problemOf(error)) }
  }
}

export function usePasskeys(): Passkeys {
  const connection = useConnection()
  const link = useLink()
  const [{ data }, again] = useQuery({ query: PasskeysDocument })
  const reload = useCallback(() => again({ requestPolicy: 'network-only' }), [again])
  useEffect(() => {
    if (link.kind === 'live') reload()
  }, [link.kind, reload])
  const here = data?.devices.edges.find(({ node }) => node.isThisOne)?.node
  return {
    own: data && (here?.passkeys ?? []).filter((passkey) => passkey.origin === window.location.origin),
    hosts: (data?.hosts.edges ?? []).map(({ node }) => node).filter((host) => host.revokedAt === null),
    reload,
    async make(name) {
      const failed = await make(connection, name)
      if (!failed) reload()
      return failed
    },
    pin: (hostId) => pin(connection, hostId),
    async remove(id) {
      const failed = problemOfResult(await connection.urql.mutation(RemovePasskeyDocument, { id }).toPromise())
      if (!failed && (await readPasskey())?.id === id) await forgetPasskey()
      reload()
      return failed
    },
  }
}

const LOOK_MS = 1_500

/** How a pinning stands, looked at until it is over. */
export function usePinState(commandId: string | null): { state: string; message: string | null } | null {
  const { urql } = useConnection()
  const [found, setFound] = useState<{ state: string; message: string | null } | null>(null)
  useEffect(() => {
    setFound(null)
    if (commandId === null) return
    let timer: ReturnType<typeof setTimeout>
    let gone = false
    const look = async () => {
      const asked = { requestPolicy: 'network-only' } as const
      const { data } = await urql.query(PinStateDocument, { id: commandId }, asked).toPromise()
      if (gone) return
      const command = data?.command
      if (command) setFound({ state: command.state, message: command.refusal?.message ?? null })
      if (!command || command.state === 'QUEUED' || command.state === 'DELIVERED') timer = setTimeout(look, LOOK_MS)
    }
    void look()
    return () => {
      gone = true
      clearTimeout(timer)
    }
  }, [commandId, urql])
  return found
}
