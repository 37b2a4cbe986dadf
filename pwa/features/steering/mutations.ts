// The mutations that steer, by name. Each returns the command row; sending the same key again returns the same row (C1).
import { graphql, type VariablesOf } from '../../graphql/graphql.ts'
import { CommandFields } from './command-fields.ts'

export const mutations = {
  sendPrompt: graphql(
    `mutation SendPrompt($input: SendPromptInput!) { command: sendPrompt(input: $input) { ...SteeringCommand } }`,
    [CommandFields],
  ),
  editPrompt: graphql(
    `mutation EditPrompt($input: EditPromptInput!) { command: editPrompt(input: $input) { ...SteeringCommand } }`,
    [CommandFields],
  ),
  withdrawPrompt: graphql(
    `mutation WithdrawPrompt($input: WithdrawPromptInput!) {
      command: withdrawPrompt(input: $input) { ...SteeringCommand }
    }`,
    [CommandFields],
  ),
  releaseQueue: graphql(
    `mutation ReleaseQueue($input: ReleaseQueueInput!) { command: releaseQueue(input: $input) { ...SteeringCommand } }`,
    [CommandFields],
  ),
  setMode: graphql(
    `mutation SetMode($input: SetModeInput!) { command: setMode(input: $input) { ...SteeringCommand } }`,
    [CommandFields],
  ),
  cancelTurn: graphql(
    `mutation CancelTurn($input: CancelTurnInput!) { command: cancelTurn(input: $input) { ...SteeringCommand } }`,
    [CommandFields],
  ),
  stopSession: graphql(
    `mutation StopSession($input: StopSessionInput!) { command: stopSession(input: $input) { ...SteeringCommand } }`,
    [CommandFields],
  ),
} as const

export type Mutations = typeof mutations
export type SteeringKind = keyof Mutations
/** The input of one kind, without the key: whoever sends it makes the key once and keeps it. */
export type SteeringInput<Kind extends SteeringKind> = Omit<VariablesOf<Mutations[Kind]>['input'], 'key' | 'proof'>
