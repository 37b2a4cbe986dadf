// Who this device is to the server, and what the server says of itself.
import { useQuery } from 'urql'
import { graphql, type ResultOf } from '../../graphql/graphql.ts'

export const ViewerDocument = graphql(`
  query Viewer {
    viewer {
      id name rung
      principal { __typename ... on Device { id name rung pairedAt pushSubscribed awaitsTrust } ... on Host { id name } }
      server { version publicUrl pushPublicKey }
    }
  }
`)

export type Viewer = ResultOf<typeof ViewerDocument>['viewer']

/** Undefined until the first answer; what was last known stays while the server is away. */
export function useViewer(): Viewer | undefined {
  const [{ data }] = useQuery({ query: ViewerDocument })
  return data?.viewer
}
