// What holds for one session of this host: the machine's, the repository's and the server's words as one, and what they say about a command (F1, F2).
// The server has checked the same and is not believed.
import { classOf } from '../../protocol/command-classes.ts'
import { isRejection } from '../agent/translate/options.ts'
import type { HostCommand } from '../remote/host-operations.ts'
import type { TrustedDevice } from '../remote/roster.ts'
import type { Machine } from '../rules/machine.ts'
import { repositoryWords } from '../rules/repository.ts'
import { type RuleName, type Standing, standing, type Word } from '../rules/rules.ts'
import type { SessionOptions } from './contract.ts'
import type { Facts, Refused } from './facts.ts'
import type { Publishing } from './publishing.ts'
import type { Rung } from './view.ts'

export type Ruling = {
  /** What holds now; `policy` is the server's word, null where it was never heard. */
  standing(policy: Word | null): Standing
  /** The most that this machine and this repository allow. */
  readonly most: Rung
  /** Reads the repository's file again. What it said before still holds: the agent could have taken it away. */
  refresh(): Promise<void>
  /** Why this session may not be remote at all, or null. */
  refusal(policy: Word | null): Refused | null
}

export async function openRuling(
  { agent, cwd, isHeadless = false }: Pick<SessionOptions, 'agent' | 'cwd' | 'isHeadless'>,
  machine: Machine,
): Promise<Ruling> {
  const ofMachine = await machine.wordsFor(agent)
  let ofRepository = await repositoryWords(cwd)
  const now = (policy: Word | null) => standing([...(policy ? [policy] : []), ...ofMachine, ...ofRepository])
  return {
    standing: now,
    most: now(null).maxRung.value,
    async refresh() {
      const known = new Set(ofRepository.map((word) => JSON.stringify(word)))
      const again = await repositoryWords(cwd)
      ofRepository = [...ofRepository, ...again.filter((word) => !known.has(JSON.stringify(word)))]
    },
    refusal: (policy) => sessionRefusal(now(policy), { agentId: agent.id, isHeadless }),
  }
}

/** A refusal by a rule, with whose it is and what would lift it (T7). */
export function ruled(rules: Standing, name: RuleName, message: string, value: string): Refused {
  const { source, because } = rules[name]
  const whose = source ?? {
    level: 'policy',
    owner: 'yourself',
    remedy: 'The policy can be changed at the terminal of a workstation.',
  }
  return { code: 'POLICY', message: because ?? message, rule: `${name} ${value}`, ...whose }
}

function sessionRefusal(rules: Standing, session: { agentId: string; isHeadless: boolean }): Refused | null {
  if (rules.remoteControl.value === 'OFF')
    return ruled(
      rules,
      'remoteControl',
      'Remote control is turned off: nothing of this session is shown to devices.',
      'OFF',
    )
  const agents = rules.allowedAgents.value
  if (agents !== null && !agents.includes(session.agentId)) {
    const message = `The agent ${session.agentId} may not be used from away; at its terminal it goes on.`
    return ruled(rules, 'allowedAgents', message, agents.join(', ') || 'none')
  }
  if (session.isHeadless && !rules.headlessSessions.value)
    return ruled(rules, 'headlessSessions', 'A session without a terminal may not be remote.', 'false')
  return null
}

/** In the transcript, here and on devices: a sentence once for each rule and minute, so that nobody can fill it by asking. */
export function tellRefused(publishing: Pick<Publishing, 'record'>, refusal: Refused, command: HostCommand): void {
  const key = `${refusal.rule} ${command.deviceId ?? ''}`
  const now = Date.now()
  const told = lastTold.get(publishing) ?? new Map<string, number>()
  lastTold.set(publishing, told)
  if (now - (told.get(key) ?? 0) < tellAgainMs) return
  if (told.size >= mostTold) told.clear()
  told.set(key, now)
  const title = `Refused what ${command.deviceName ?? 'a device'} asked: ${refusal.message}`
  const description = `Rule: ${refusal.rule}. Whose: ${refusal.owner ?? 'unknown'}. ${refusal.remedy ?? ''}`.trim()
  void publishing.record({ noticeShown: { severity: 'warning', title, description } })
}

const tellAgainMs = 60_000
const mostTold = 100
const lastTold = new WeakMap<object, Map<string, number>>()

/** What the rules say about this command whoever sends it; null when they let it pass. Rungs are compared elsewhere. */
export function ruledOut(command: HostCommand, facts: Facts, session: Refused | null): Refused | null {
  const { rules } = facts
  if (session !== null) return session
  if (rules.remoteControl.value === 'VIEW')
    return ruled(rules, 'remoteControl', 'Only viewing is allowed from away.', 'VIEW')
  const mode = modesEntered(command, facts).find(
    (each) => !rules.allowedModes.value.some((allowed) => allowed === each),
  )
  if (mode !== undefined) {
    const value = rules.allowedModes.value.join(', ') || 'none'
    return ruled(rules, 'allowedModes', `The mode ${mode} may not be turned on from away.`, value)
  }
  return classRefusal(command, facts)
}

export function deviceRefusal(rules: Standing, device: TrustedDevice): Refused | null {
  const kind = device.kind ?? (device.via === 'script' ? 'SCRIPT' : 'BROWSER')
  if (rules.allowedDeviceKinds.value.includes(kind)) return null
  const message =
    kind === 'SCRIPT' ? 'Scripts may not attach to this session.' : 'Browsers may not attach to this session.'
  return ruled(rules, 'allowedDeviceKinds', message, `without ${kind}`)
}

/** Prompting under the mode that stands enters none. */
function modesEntered(command: HostCommand, facts: Facts): string[] {
  const { decision, promptMode, standingMode } = facts
  const meant = (modeId: string) => facts.meaningOf(modeId) ?? 'AUTOPILOT'
  const optionMode = (optionId: string) => decision?.options.find(({ id }) => id === optionId)?.thenMode ?? null
  switch (command.__typename) {
    case 'SetMode':
      return [meant(command.modeId)]
    case 'SendPrompt':
      return command.promptModeId === null || command.promptModeId === standingMode ? [] : [meant(command.promptModeId)]
    case 'EditPrompt':
      return command.newText === null || promptMode === null ? [] : [meant(promptMode)]
    case 'DecidePlan':
    case 'AnswerPermission': {
      const then = command.__typename === 'DecidePlan' ? command.thenMode : null
      return [then, optionMode(command.optionId)].filter((mode) => mode !== null)
    }
    default:
      return []
  }
}

/** A no is never too much. */
function classRefusal(command: HostCommand, { rules, decision }: Facts): Refused | null {
  if (command.__typename !== 'AnswerPermission' || decision === null) return null
  if (decision.options.some(({ id, kind }) => id === command.optionId && isRejection(kind))) return null
  const found = classOf(`${decision.title}\n${decision.evidence}`, rules.neverRemote.value)
  if (found === null) return null
  const message = `What is asked falls into the class “${found}”, which nobody approves from away.`
  const refused = ruled(rules, 'neverRemote', message, found)
  return { ...refused, remedy: `Answer it at the terminal of that machine. ${refused.remedy ?? ''}`.trim() }
}
