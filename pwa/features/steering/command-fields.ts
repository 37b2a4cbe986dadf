// A command as a session's screen shows it. Fields that differ in type from kind to kind carry an alias.
import { graphql, type ResultOf } from '../../graphql/graphql.ts'

const WinnerFields = graphql(`
  fragment CommandWinner on Settlement @_unmask {
    at outcome optionId optionName answer
    origin { surface deviceId deviceName commandId }
  }
`)

export const CommandFields = graphql(
  `
  fragment SteeringCommand on Command @_unmask {
    __typename id key state createdAt deliveredAt settledAt expiresAt deviceId deviceName sessionId
    refusal { code message rule level owner remedy }
    winner { ...CommandWinner }
    ... on SendPrompt { promptId promptText: text promptDelivery: delivery promptModeId: modeId }
    ... on EditPrompt { promptId newText: text newDelivery: delivery }
    ... on WithdrawPrompt { promptId }
    ... on SetMode { modeId }
    ... on CancelTurn { turnId }
    ... on AnswerPermission { decisionId optionId }
    ... on AnswerQuestion { decisionId accepted }
    ... on DecidePlan { decisionId optionId thenMode }
  }
`,
  [WinnerFields],
)

export type Command = ResultOf<typeof CommandFields>
export type CommandOf<Kind extends Command['__typename']> = Extract<Command, { __typename: Kind }>
export type Winner = ResultOf<typeof WinnerFields>

export const isSettled = (command: Command): boolean => command.state !== 'QUEUED' && command.state !== 'DELIVERED'

export const CommandsChangedDocument = graphql(
  `
  subscription SessionCommandsChanged($sessionId: ID!) {
    commandsChanged(sessionId: $sessionId) { isSnapshot commands { ...SteeringCommand } }
  }
`,
  [CommandFields],
)

export const CommandDocument = graphql(
  `
  query SteeringCommandAgain($id: ID!) { command(id: $id) { ...SteeringCommand } }
`,
  [CommandFields],
)
