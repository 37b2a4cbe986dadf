// Who else this device's person may let in, and where they show anew who they are: the server's word, asked before anything is offered (F3).
import { useQuery } from 'urql'
import { graphql, type ResultOf } from '../../graphql/graphql.ts'

const WhyNotFields = graphql(`fragment DoorWhyNot on WhyNot @_unmask { code message rule level owner remedy }`)
export const DoorsDocument = graphql(
  `query Doors {
    viewer {
      doors {
        whyNotInvite { ...DoorWhyNot }
        whyNotEnrol { ...DoorWhyNot }
        provider { handle organisationName freshUntil }
      }
    }
  }`,
  [WhyNotFields],
)

export type WhyNot = ResultOf<typeof WhyNotFields>
export type Doors = NonNullable<ResultOf<typeof DoorsDocument>['viewer']['doors']>
export type SignInProvider = NonNullable<Doors['provider']>

/** Asked anew each time a screen opens; undefined until the first answer. */
export function useDoors(): Doors | undefined {
  const [{ data, stale }] = useQuery({ query: DoorsDocument, requestPolicy: 'cache-and-network' })
  return doorsAsKnown(data?.viewer.doors ?? undefined, stale)
}

/** What is kept of an earlier answer says who may let in whom, and nothing of how fresh somebody is: that is over by the server's clock, which has not been asked yet. */
export const doorsAsKnown = (doors: Doors | undefined, isOfBefore: boolean): Doors | undefined =>
  doors?.provider && isOfBefore ? { ...doors, provider: { ...doors.provider, freshUntil: null } } : doors

export const whyNotWords = ({ message, remedy }: WhyNot): string => `${message} ${remedy}`
