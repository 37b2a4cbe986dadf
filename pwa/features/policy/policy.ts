// The remote control policy: three levels in words, read and set. Five levels will have a say; today there is one.
import { useMutation, useQuery } from 'urql'
import { graphql, type ResultOf } from '../../graphql/graphql.ts'
import { type Problem, problemOfResult } from '../../graphql/problem.ts'

export const PolicyDocument = graphql(`query Policy { policy { remoteControl updatedAt updatedBy version } }`)
export const SetRemoteControlDocument = graphql(`
  mutation SetRemoteControl($level: RemoteControl!) {
    setRemoteControl(level: $level) { remoteControl updatedAt updatedBy version }
  }
`)

export type Policy = ResultOf<typeof PolicyDocument>['policy']
export type Level = Policy['remoteControl']

/** Lowest first. */
export const levels: readonly { level: Level; name: string; means: string }[] = [
  { level: 'OFF', name: 'Off', means: 'Nothing is shown on any device. Agents go on at their terminals.' },
  { level: 'VIEW', name: 'View only', means: 'Follow sessions. No answers, no prompts.' },
  { level: 'VIEW_AND_CONTROL', name: 'View and control', means: 'Up to each device’s own limit.' },
]

export const raises = (from: Level, to: Level): boolean => {
  const at = (level: Level) => levels.findIndex((one) => one.level === level)
  return at(to) > at(from)
}

export type PolicyUse = {
  policy: Policy | undefined
  /** Resolves with null when it is set, else with what refused it. */
  set(level: Level): Promise<Problem | null>
}

export function usePolicy(): PolicyUse {
  const [{ data }] = useQuery({ query: PolicyDocument })
  const [, mutate] = useMutation(SetRemoteControlDocument)
  return { policy: data?.policy, set: async (level) => problemOfResult(await mutate({ level })) }
}
