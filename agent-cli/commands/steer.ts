/** `offdesk send|answer|decide|mode|cancel`: what a script asks of a session, signed with its key. */
import { evidenceDigest } from '../../protocol/pairing.ts'
import {
  AnswerPermission,
  AnswerQuestion,
  CancelTurn,
  DecidePlan,
  SeeDecision,
  type SeenDecision,
  SeeSession,
  SendPrompt,
  SetMode,
} from '../remote/steering-operations.ts'
import { Mistake } from './mistake.ts'
import { type Hands, openHands, type ScriptFlags } from './script-device.ts'

export async function send(
  sessionId: string,
  text: string,
  flags: ScriptFlags & { readonly now: boolean; readonly mode: string | undefined },
): Promise<void> {
  const hands = await openHands(flags)
  const { hostId, modes } = await see(hands, sessionId)
  const mode = flags.mode === undefined ? null : pick(modes, flags.mode, 'mode')
  const delivery = flags.now ? ('NOW' as const) : ('AFTER_TURN' as const)
  const input = { sessionId, text, delivery, modeId: mode?.id ?? null, attachments: [] }
  await hands.give(SendPrompt, { mutation: 'sendPrompt', input, seen: { modeName: mode?.name }, hostId })
}

export async function mode(sessionId: string, named: string, flags: ScriptFlags): Promise<void> {
  const hands = await openHands(flags)
  const { hostId, modes } = await see(hands, sessionId)
  const { id: modeId, name: modeName } = pick(modes, named, 'mode')
  await hands.give(SetMode, { mutation: 'setMode', input: { sessionId, modeId }, seen: { modeName }, hostId })
}

export async function cancel(sessionId: string, flags: ScriptFlags): Promise<void> {
  const hands = await openHands(flags)
  const { hostId } = await see(hands, sessionId)
  await hands.give(CancelTurn, { mutation: 'cancelTurn', input: { sessionId, turnId: null }, seen: {}, hostId })
}

/** Chooses an option of a permission or a plan, by its id or name. */
export async function decide(
  sessionId: string,
  decisionId: string,
  named: string,
  flags: ScriptFlags & { readonly reason: string | undefined; readonly evidence: string | undefined },
): Promise<void> {
  const hands = await openHands(flags)
  const { hostId, decision, digest } = await seeDecision(hands, sessionId, decisionId, flags.evidence)
  const option = pick(decision.options, named, 'option')
  const seen = { optionName: option.name }
  const given = { sessionId, decisionId, epoch: decision.epoch, optionId: option.id, evidenceDigest: digest }
  const reason = flags.reason ?? null
  if (decision.kind === 'PERMISSION')
    return hands.give(AnswerPermission, { mutation: 'answerPermission', input: { ...given, reason }, seen, hostId })
  if (decision.kind !== 'PLAN')
    throw new Mistake('This is a question: “offdesk answer <session> <decision> field=value”.')
  const comments = reason === null ? [] : [{ part: null, text: reason }]
  const input = { ...given, thenMode: null, comments }
  await hands.give(DecidePlan, { mutation: 'decidePlan', input, seen, hostId })
}

/** Fills a question's form from `field=value`, or declines it. */
export async function answer(
  sessionId: string,
  decisionId: string,
  values: readonly string[],
  flags: ScriptFlags & { readonly decline: string | boolean | undefined; readonly evidence: string | undefined },
): Promise<void> {
  const hands = await openHands(flags)
  const { hostId, decision, digest } = await seeDecision(hands, sessionId, decisionId, flags.evidence)
  if (decision.kind !== 'QUESTION')
    throw new Mistake(`This is a ${decision.kind.toLowerCase()}: “offdesk decide <session> <decision> <option>”.`)
  const reason = typeof flags.decline === 'string' ? flags.decline : null
  const answer = flags.decline ? { decline: { reason } } : { accept: { values: filled(decision, values) } }
  const input = { sessionId, decisionId, epoch: decision.epoch, evidenceDigest: digest, answer }
  await hands.give(AnswerQuestion, { mutation: 'answerQuestion', input, seen: {}, hostId })
}

async function see(hands: Hands, sessionId: string) {
  const { session } = await hands.ask(SeeSession, { id: sessionId })
  if (!session) throw new Mistake(`There is no session ${sessionId} here. “offdesk sessions” lists them.`)
  return { hostId: session.host.id, modes: session.modes }
}

async function seeDecision(hands: Hands, sessionId: string, id: string, wanted: string | undefined) {
  const { session } = await hands.ask(SeeDecision, { sessionId, id })
  if (!session?.decision) throw new Mistake(`There is no decision ${id} in the session ${sessionId}.`)
  const digest = await evidenceDigest(session.decision.evidence)
  if (wanted !== undefined && wanted !== digest)
    throw new Mistake('What is asked is not what you have read: its evidence has another digest. Nothing was answered.')
  return { hostId: session.host.id, decision: session.decision, digest }
}

function pick<T extends { id: string; name: string }>(offered: readonly T[], named: string, what: string): T {
  const found = offered.find(({ id }) => id === named) ?? offered.find(({ name }) => name === named)
  if (found) return found
  const list = offered.map(({ id, name }) => `${id} (${name})`).join(', ')
  throw new Mistake(`The agent offers no ${what} “${named}”. It offers: ${list || 'none'}.`)
}

type Value = { text: string } | { number: number } | { boolean: boolean } | { choices: string[] }

/** A field named several times takes a list. */
function filled({ questions }: SeenDecision, given: readonly string[]): { name: string; value: Value }[] {
  const byName = new Map<string, string[]>()
  for (const each of given) {
    const [, name, value] = /^([^=]+)=([\s\S]*)$/.exec(each) ?? []
    if (name === undefined || value === undefined) throw new Mistake(`“${each}” is not of the form field=value.`)
    byName.set(name, [...(byName.get(name) ?? []), value])
  }
  return [...byName].map(([name, values]) => {
    const type = questions.find((question) => question.name === name)?.type
    return { name, value: typed(type, values) }
  })
}

function typed(type: string | undefined, values: readonly string[]): Value {
  const [first = ''] = values
  if (type === 'choices') return { choices: [...values] }
  if (type === 'boolean') return { boolean: ['yes', 'true', '1'].includes(first.toLowerCase()) }
  return type === 'number' || type === 'integer' ? { number: Number(first) } : { text: first }
}
