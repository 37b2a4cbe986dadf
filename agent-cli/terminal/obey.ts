/** Carries out what was typed at the prompt. Returns the lines to show, if any; knows no screen. */
import type { BridgeSession } from '../bridge/contract.ts'
import type { Mode } from '../bridge/view.ts'
import { OWN_COMMANDS, type Typed } from './slash.ts'
import { remoteReport } from './words.ts'

export type Outcome = { readonly lines: readonly string[]; readonly quit?: true; readonly qr?: true }

const SAID: Outcome = { lines: [] }
const say = (...lines: string[]): Outcome => ({ lines })

export async function obey(session: BridgeSession, typed: Typed): Promise<Outcome> {
  switch (typed.is) {
    case 'prompt':
      if (typed.text === '') return SAID
      await session.prompt(typed.text, typed.now ? { delivery: 'NOW' } : {})
      return session.view().turn && !typed.now ? say('Queued: it is sent after this turn. /now sends at once.') : SAID
    case 'remote':
      return remote(session, typed)
    case 'mode':
      return typed.mode === null ? showModes(session) : setMode(session, typed.mode)
    case 'cancel':
      if (!session.view().turn) return say('No turn is running.')
      await session.cancelTurn()
      return SAID
    case 'release':
      await session.releaseQueue()
      return SAID
    case 'withdraw':
      return withdraw(session)
    case 'queue':
      return queue(session)
    case 'qr':
      return { lines: [], qr: true }
    case 'help':
      return say(
        ...OWN_COMMANDS.map(({ name, hint, description }) => `/${name}${hint ? ` ${hint}` : ''}: ${description}`),
        '//name sends /name to the agent.',
        'Alt+Enter begins a new line. ↑↓ recall earlier prompts.',
      )
    case 'quit':
      return { lines: [], quit: true }
    case 'mistake':
      return say(typed.sentence)
  }
}

async function remote(session: BridgeSession, typed: Extract<Typed, { is: 'remote' }>): Promise<Outcome> {
  if (typed.turn === 'on') await session.remote.on({ share: typed.share })
  if (typed.turn === 'off') await session.remote.off()
  return say(...remoteReport(session.view(), Date.now()))
}

function showModes(session: BridgeSession): Outcome {
  const { mode } = session.view()
  const list = mode.list.map(
    (one) =>
      `${one.id === mode.effective?.id ? '•' : ' '} ${one.name}${one.canonical ? ` (${one.canonical.toLowerCase()})` : ''}: /mode ${one.id}`,
  )
  return list.length > 0 ? say(...list) : say('This agent has no modes.')
}

async function setMode(session: BridgeSession, wanted: string): Promise<Outcome> {
  const { list } = session.view().mode
  const found = findMode(list, wanted)
  if (!found)
    return say(`No mode is called “${wanted}”. This agent has: ${list.map((mode) => mode.name).join(', ') || 'none'}.`)
  await session.setMode(found.id)
  return SAID
}

function findMode(list: readonly Mode[], wanted: string): Mode | undefined {
  const word = wanted.toLowerCase()
  const tests = [
    (mode: Mode) => mode.id.toLowerCase() === word,
    (mode: Mode) => mode.name.toLowerCase() === word,
    (mode: Mode) => mode.canonical?.toLowerCase() === word,
  ]
  return tests.map((fits) => list.find(fits)).find((mode) => mode !== undefined)
}

async function withdraw(session: BridgeSession): Promise<Outcome> {
  const last = session.view().prompts.findLast((prompt) => prompt.state === 'QUEUED' || prompt.state === 'HELD')
  if (!last) return say('No prompt is waiting.')
  await session.withdrawPrompt(last.id)
  return say(`Withdrawn: ${last.text}`)
}

function queue(session: BridgeSession): Outcome {
  const waiting = session.view().prompts.filter((prompt) => prompt.state === 'QUEUED' || prompt.state === 'HELD')
  return waiting.length > 0
    ? say(...waiting.map((prompt, index) => `${index + 1}. ${prompt.state === 'HELD' ? 'Held: ' : ''}${prompt.text}`))
    : say('No prompt is waiting.')
}
