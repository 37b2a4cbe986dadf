// The person shows that it is they who look: this device's passkey, or one that they sign in with, over the server's challenge.
import { useCallback, useState } from 'react'
import { challengeOf, confirmBytes } from '../../../protocol/sign-in.ts'
import { useConnection } from '../../graphql/connection-context.tsx'
import { ProblemError, problemOf, problemOfResult } from '../../graphql/problem.ts'
import { readDeviceKey } from '../../keys/device-key.ts'
import { noKeyProblem } from '../../keys/signing.ts'
import { useConsent } from '../enrolment/consent.ts'
import { BeginConfirmationDocument } from '../sign-in/own-documents.ts'
import { told } from '../sign-in/sign-in.ts'
import { VouchForLookingDocument } from './documents.ts'
import { useLookingStore } from './looking-context.tsx'

export type Vouching = {
  /** Whether any passkey here would count. */
  can: boolean
  busy: boolean
  /** Why it did not work, with what to do. */
  said: string | null
  vouch(): Promise<void>
}

type Result<Data> = Parameters<typeof problemOfResult>[0] & { data?: Data | undefined }
function dataOf<Data>(result: Result<Data>): Data {
  if (result.data) return result.data
  throw new ProblemError(problemOfResult(result) ?? problemOf([]))
}

export function useVouching(): Vouching {
  const { urql } = useConnection()
  const { heard } = useLookingStore()
  const { consent, asks } = useConsent()
  const [busy, setBusy] = useState(false)
  const [said, setSaid] = useState<string | null>(null)
  const way = useCallback(async () => {
    const ask = await consent()
    const key = await readDeviceKey()
    if (!ask || !key) throw new ProblemError(noKeyProblem)
    const { origin } = window.location
    const { beginConfirmation } = dataOf(await urql.mutation(BeginConfirmationDocument, { origin }).toPromise())
    const { nonce } = beginConfirmation
    const assertion = await ask(await challengeOf(confirmBytes({ nonce, origin, deviceId: key.id, act: 'look' })))
    const confirmation = { nonce, assertion }
    return dataOf(await urql.mutation(VouchForLookingDocument, { confirmation }).toPromise()).vouchForLooking
  }, [consent, urql])
  const vouch = useCallback(async () => {
    setBusy(true)
    setSaid(null)
    const answer = await told(way)
    setBusy(false)
    if ('value' in answer) heard(answer.value)
    else setSaid([answer.problem.message, answer.problem.remedy].filter(Boolean).join(' '))
  }, [way, heard])
  return { can: asks, busy, said, vouch }
}
