// What holds for this person and why: every setting with the level it comes from (F3). Asked again whenever the link is live anew.
import { useEffect } from 'react'
import { useQuery } from 'urql'
import { useLink } from '../../graphql/connection-context.tsx'
import { graphql, type ResultOf } from '../../graphql/graphql.ts'

export const EffectiveFields = graphql(`
  fragment EffectiveFields on EffectivePolicy @_unmask {
    ownerId organisationId version remoteControl maxRung idleLockMinutes
    stepUp { from viewMinutes answerMinutes steerMinutes }
    settings { name value level scopeId owner remedy }
  }
`)
export const EffectivePolicyDocument = graphql(`query EffectivePolicy { effectivePolicy { ...EffectiveFields } }`, [
  EffectiveFields,
])

export type EffectivePolicy = ResultOf<typeof EffectiveFields>
export type EffectiveSetting = EffectivePolicy['settings'][number]

/** Undefined until the first answer. Looked at again when the page is seen again: a policy may have changed meanwhile. */
export function useEffectivePolicy(): EffectivePolicy | undefined {
  const link = useLink()
  const [{ data }, again] = useQuery({ query: EffectivePolicyDocument })
  useEffect(() => {
    if (link.kind !== 'live') return
    const look = () => void (document.visibilityState === 'visible' && again({ requestPolicy: 'network-only' }))
    document.addEventListener('visibilitychange', look)
    look()
    return () => document.removeEventListener('visibilitychange', look)
  }, [link.kind, again])
  return data?.effectivePolicy
}
