// What a script asks of a session, and what it must see of it first. Documents only.
import { graphql, type ResultOf } from './graphql.ts'

export const SeeSession = graphql(`
  query SeeSession($id: ID!) { session(id: $id) { id host { id } modes { id name canonical } } }
`)

export const SeeDecision = graphql(`
  query SeeDecision($sessionId: ID!, $id: ID!) {
    session(id: $sessionId) {
      id host { id }
      decision(id: $id) {
        id kind state epoch title evidence
        options { id name kind }
        questions { name type choices { value title } }
      }
    }
  }
`)

export const Standing = graphql(`
  fragment Standing on Command @_unmask { id state refusal { code message rule } winner { optionName origin { surface deviceName } } }
`)
export const SeeCommand = graphql(`query SeeCommand($id: ID!) { command(id: $id) { ...Standing } }`, [Standing])

export const SendPrompt = graphql(
  `mutation ScriptSendsPrompt($input: SendPromptInput!) { command: sendPrompt(input: $input) { ...Standing } }`,
  [Standing],
)
export const SetMode = graphql(
  `mutation ScriptSetsMode($input: SetModeInput!) { command: setMode(input: $input) { ...Standing } }`,
  [Standing],
)
export const CancelTurn = graphql(
  `mutation ScriptCancelsTurn($input: CancelTurnInput!) { command: cancelTurn(input: $input) { ...Standing } }`,
  [Standing],
)
export const AnswerPermission = graphql(
  `mutation ScriptAnswersPermission($input: AnswerPermissionInput!) { command: answerPermission(input: $input) { ...Standing } }`,
  [Standing],
)
export const AnswerQuestion = graphql(
  `mutation ScriptAnswersQuestion($input: AnswerQuestionInput!) { command: answerQuestion(input: $input) { ...Standing } }`,
  [Standing],
)
export const DecidePlan = graphql(
  `mutation ScriptDecidesPlan($input: DecidePlanInput!) { command: decidePlan(input: $input) { ...Standing } }`,
  [Standing],
)

export type CommandStanding = ResultOf<typeof Standing>
export type SeenDecision = NonNullable<NonNullable<ResultOf<typeof SeeDecision>['session']>['decision']>
