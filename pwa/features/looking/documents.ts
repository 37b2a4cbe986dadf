// Whether this device may look, the passkey that lets it, and what it may end without looking.
import { graphql, type ResultOf } from '../../graphql/graphql.ts'

const LookingFields = graphql(`
  fragment LookingFields on Looking @_unmask { everyMinutes until whyNot { code message rule level owner remedy } }
`)
export const LookingDocument = graphql(`query Looking { looking { ...LookingFields } }`, [LookingFields])
export const LookingChangedDocument = graphql(`subscription LookingChanged { lookingChanged { ...LookingFields } }`, [
  LookingFields,
])
export const VouchForLookingDocument = graphql(
  `mutation VouchForLooking($confirmation: ConfirmationInput!) {
    vouchForLooking(confirmation: $confirmation) { ...LookingFields }
  }`,
  [LookingFields],
)
export const StoppableDocument = graphql(`
  query Stoppable {
    stoppable {
      sessionId hostId hostName isWorking
      decisions { id kind epoch optionId optionName said { key state } }
    }
  }
`)

export type Looking = ResultOf<typeof LookingFields>
export type Stoppable = ResultOf<typeof StoppableDocument>['stoppable'][number]
export type Deniable = Stoppable['decisions'][number]
