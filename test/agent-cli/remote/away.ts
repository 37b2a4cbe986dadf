// A server and a phone for a bridge session: enrolled by the setup code, paired through the session's own pairing, all over HTTP.

import { join } from 'node:path'
import type { BridgeSession } from '../../../agent-cli/bridge/session.ts'
import { enrolWithSetupCode } from '../../../agent-cli/remote/enrolment.ts'
import { openIdentity } from '../../../agent-cli/remote/identity.ts'
import { randomText } from '../../../protocol/bytes.ts'
import { exportPublicKey, generateKeys, type KeyPair, principalId } from '../../../protocol/keys.ts'
import { joinMac, matchCode, parsePairingFragment } from '../../../protocol/pairing.ts'
import { openSetup } from '../../../server/auth/setup.ts'
import { steps } from '../../kit/people.ts'
import { type ServerOptions, startServer, type TestServer } from '../../kit/server.ts'
import { signsAs } from '../../kit/signing.ts'
import { atEnd, eventually } from '../bridge/desk.ts'

export async function server(options: ServerOptions = {}): Promise<TestServer> {
  const started = await startServer(options)
  atEnd(() => started.close())
  return started
}

/** Makes the machine of `dataDir` known to the server. */
export const enrolled = async (at: TestServer, dataDir: string): Promise<void> =>
  enrolledBy(at, await at.database.transaction(openSetup), dataDir)

/** The same at a server whose database is its own. */
export async function enrolledBy(at: { url: string }, setupCode: string, dataDir: string): Promise<void> {
  const hostDir = join(dataDir, 'host')
  await enrolWithSetupCode({
    endpoint: { url: at.url },
    identity: await openIdentity(hostDir),
    hostDir,
    name: 'desk',
    setupCode,
  })
}

export type Phone = {
  id: string
  token: string
  keys: KeyPair
  gql<T>(document: string, variables?: object): Promise<T>
}

/** Reads the QR, joins, compares, and the person at the terminal presses the key. */
export async function paired(
  at: Pick<TestServer, 'gql'>,
  session: BridgeSession,
  rung: 'VIEW' | 'ANSWER' | 'STEER' | 'FULL' = 'STEER',
): Promise<Phone> {
  const opened = await session.remote.openPairing(rung)
  const step = steps(at.gql)
  const keys = await generateKeys(false)
  const publicKey = await exportPublicKey(keys.publicKey)
  const { token, pairing } = await step.claim(opened.code)
  const nonce = randomText(32)
  const link = parsePairingFragment(new URL(opened.localLink).hash)
  const seen = {
    purpose: 'PAIR_DEVICE',
    openerPublicKey: pairing.openerPublicKey,
    joinerPublicKey: publicKey,
    joinerNonce: nonce,
  } as const
  const mac = await joinMac(link?.secret ?? '', seen)
  await step.join(token, { pairingId: pairing.id, publicKey, nonce, name: 'phone', mac })
  const shown = await eventually(() => opened.view().matchCode)
  const atDevice = await step.look(token, pairing.id)
  if (shown !== (await matchCode({ ...seen, openerNonce: atDevice.openerNonce ?? '' })))
    throw new Error('the codes differ')
  if (!opened.view().readTheQr) throw new Error('the proof of the QR was not accepted')
  await opened.confirm()
  const gql = <T>(document: string, variables?: object) => at.gql<T>(token, document, variables)
  const id = await principalId('dev', publicKey)
  signsAs(token, { id, keys })
  return { id, token, keys, gql }
}

const COMMAND = 'id state refusal { code message rule } winner { optionId origin { surface } }'
export type CommandShape = {
  id: string
  state: string
  refusal: { code: string; message: string; rule: string | null } | null
  winner: { optionId: string | null; origin: { surface: string } } | null
}

/** What the phone does: each verb is one mutation and gives the command's id. */
export const taps = (phone: Phone, sessionId: string) => {
  const act = async (name: string, type: string, input: object): Promise<string> => {
    const document = `mutation($input: ${type}!) { done: ${name}(input: $input) { id } }`
    return (
      await phone.gql<{ done: { id: string } }>(document, { input: { sessionId, key: randomText(16), ...input } })
    ).done.id
  }
  return {
    permission: (decision: { id: string; epoch: number }, optionId: string, more: object = {}) =>
      act('answerPermission', 'AnswerPermissionInput', {
        decisionId: decision.id,
        epoch: decision.epoch,
        optionId,
        ...more,
      }),
    question: (decision: { id: string; epoch: number }, answer: object) =>
      act('answerQuestion', 'AnswerQuestionInput', { decisionId: decision.id, epoch: decision.epoch, answer }),
    prompt: (text: string, more: object = {}) => act('sendPrompt', 'SendPromptInput', { text, ...more }),
    mode: (modeId: string) => act('setMode', 'SetModeInput', { modeId }),
    cancel: () => act('cancelTurn', 'CancelTurnInput', {}),
    stop: () => act('stopSession', 'StopSessionInput', {}),
    command: async (id: string) =>
      (await phone.gql<{ command: CommandShape }>(`query($id: ID!) { command(id: $id) { ${COMMAND} } }`, { id }))
        .command,
    async settled(id: string): Promise<CommandShape> {
      return eventually(async () => {
        const command = await this.command(id)
        return ['QUEUED', 'DELIVERED'].includes(command.state) ? null : command
      })
    },
    events: async () => {
      const document =
        'query($id: ID!) { session(id: $id) { state lastSeq openDecisions { id epoch title } events(first: 500) { edges { node { __typename seq ... on AgentText { text } ... on Tombstone { reason replacedKind } ... on HistoryWithheld { count } ... on PromptChanged { text promptState: state } } } } } }'
      type Node = {
        __typename: string
        seq: number
        text?: string
        reason?: string
        replacedKind?: string
        count?: number
        promptState?: string
      }
      type Answer = {
        session: {
          state: string
          lastSeq: number
          openDecisions: { id: string; epoch: number; title: string }[]
          events: { edges: { node: Node }[] }
        } | null
      }
      const { session } = await phone.gql<Answer>(document, { id: sessionId })
      if (session === null) throw new Error('the phone sees no such session')
      return { ...session, events: session.events.edges.map(({ node }) => node) }
    },
  }
}
