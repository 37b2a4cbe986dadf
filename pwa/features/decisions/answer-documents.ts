// The three mutations that answer a decision. Each returns the command row that stands for the key (C1).
import { graphql, type ResultOf, type VariablesOf } from '../../graphql/graphql.ts'
import { SettlementFields } from './decision-store.ts'

export const AnswerCommandFields = graphql(
  `
  fragment AnswerCommandFields on Command @_unmask {
    __typename id key state createdAt settledAt expiresAt refusal { code message rule level owner remedy } winner { ...SettlementFields }
  }
`,
  [SettlementFields],
)
export const AnswerPermissionDocument = graphql(
  `mutation AnswerPermission($input: AnswerPermissionInput!) { command: answerPermission(input: $input) { ...AnswerCommandFields } }`,
  [AnswerCommandFields],
)
export const AnswerQuestionDocument = graphql(
  `mutation AnswerQuestion($input: AnswerQuestionInput!) { command: answerQuestion(input: $input) { ...AnswerCommandFields } }`,
  [AnswerCommandFields],
)
export const DecidePlanDocument = graphql(
  `mutation DecidePlan($input: DecidePlanInput!) { command: decidePlan(input: $input) { ...AnswerCommandFields } }`,
  [AnswerCommandFields],
)
export const AnswerCommandDocument = graphql(
  `query AnswerCommand($id: ID!) { command(id: $id) { ...AnswerCommandFields } }`,
  [AnswerCommandFields],
)

export type AnswerCommand = ResultOf<typeof AnswerCommandFields>
type Keyless<Input> = Omit<Input, 'key' | 'proof'>

/** What is sent, without the key. */
export type AnswerInput =
  | { kind: 'PERMISSION'; input: Keyless<VariablesOf<typeof AnswerPermissionDocument>['input']> }
  | { kind: 'QUESTION'; input: Keyless<VariablesOf<typeof AnswerQuestionDocument>['input']> }
  | { kind: 'PLAN'; input: Keyless<VariablesOf<typeof DecidePlanDocument>['input']> }
