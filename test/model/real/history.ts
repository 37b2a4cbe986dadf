// A whole history on the real parts: its steps, the heal, and the same invariants on the real logs.
import type { Invariant } from '../pure/invariants.ts'
import { type Step, stepOf } from '../steps.ts'
import { isLetIn } from './people.ts'
import type { Place } from './place.ts'
import { isEnd, openScene, type Scene } from './scene.ts'
import { apply, deviceCancels, losesWrites, reports, send, terminalAnswers, untilOr, watch } from './steps.ts'
import { believed, isMadeAnew, journalled, type Line, notedResults, type Stored, stored } from './store.ts'

export type Outcome = {
  violated: { invariant: Invariant; detail: string } | null
  steps: number
  happened: Step['kind'][]
  events: number
  commands: number
  decisions: number
}

/** How long everything may take to agree once everything works, and how long nothing may move then: less than any safety poll of a viewer. */
const patienceMs = 9_000
const stillMs = 6_000
/** A stream of a revoked device ends within a second; the rest is for a busy machine. */
const revocationMs = 1_500

export async function play(place: Place, numbers: readonly number[]): Promise<Outcome> {
  await place.startServer()
  const scene = await openScene(place)
  const happened: Step['kind'][] = []
  try {
    for (let index = 0; index < scene.devices.length; index += 1) watch(scene, index)
    for (const number of numbers) {
      const step = stepOf(number, 'real')
      if (await apply(scene, step)) happened.push(step.kind)
      if ((number % 5 === 0 || losesWrites(step)) && place.isServerUp) await checkNow(scene)
      if (scene.violated) break
    }
    let last = null
    if (!scene.violated) last = await heal(scene)
    return {
      ...{ violated: scene.violated, steps: numbers.length, happened, events: last?.events.length ?? 0 },
      ...{ commands: last?.commands.length ?? 0, decisions: last?.decisions.length ?? 0 },
    }
  } finally {
    for (const [index, device] of scene.devices.entries()) if (device.revokedAt !== null) forget(place, index)
    await place.startServer()
    await scene.close()
  }
}

/** Paired anew before the next history. */
function forget(place: Place, index: number): void {
  const person = place.people[index]
  if (person) person.token = ''
}

/** The database before the journal, and after what is believed of it: they only grow while a host lives, and no host is killed meanwhile. */
async function checkNow(scene: Scene): Promise<void> {
  const folder = scene.place.folderOf(scene.sessionId)
  const heard = await believed(folder)
  const seen = await stored(scene.place.store, scene.sessionId)
  checkLogs(scene, seen, await journalled(folder))
  // A server that was put back is asked where it stands before long, and not at once.
  const isAsBefore = scene.place.store.restores === scene.restoresAtStart
  if (isAsBefore && heard > seen.events.length)
    scene.violate('acknowledged', `${heard} count as acknowledged, ${seen.events.length} are stored`)
}

function checkLogs(scene: Scene, { events, commands, decisions }: Stored, journal: readonly Line[]): void {
  for (const { id, state, proposalId } of decisions) {
    const proposal = commands.find((each) => each.id === proposalId)
    if (state === 'OPEN' && ['REFUSED', 'EXPIRED', 'UNKNOWN'].includes(proposal?.state ?? ''))
      scene.violate('answered', `decision ${id} waits for ${proposalId}, which is ${proposal?.state}`)
    // A deny takes the place of an approve; one that the host has fetched may have won there, and is the host's to end.
    const proposed = commands.filter((each) => each.decisionId === id && !isEnd(each.state))
    const denies = proposed.filter(({ isDeny }) => isDeny).length
    if (denies > 1 || proposed.length - denies > 1)
      scene.violate('oneEffect', `decision ${id} has ${proposed.length} proposals at once`)
  }
  if (events.length > journal.length)
    scene.violate('prefix', `${events.length} on the server, ${journal.length} on disk`)
  for (const [at, { seq, digest }] of events.entries()) {
    if (seq !== at + 1) scene.violate('dense', `number ${seq} in place ${at + 1}`)
    if (digest !== journal[at]?.digest) scene.violate('prefix', `number ${seq} differs from the journal`)
  }
  for (const [at, { seq }] of journal.entries())
    if (seq !== at + 1) scene.violate('dense', `number ${seq} in place ${at + 1} of the journal`)
  for (const [index, { watcher }] of scene.devices.entries())
    for (const [at, { seq, digest }] of watcher.log.entries())
      if (seq !== at + 1 || digest !== journal[at]?.digest)
        scene.violate('viewerPrefix', `viewer ${index} has number ${seq} in place ${at + 1}`)
  for (const [text, times] of scene.ran)
    if (times > 1) scene.violate('onceOnly', `“${text}” was given to the agent ${times} times`)
}

async function heal(scene: Scene): Promise<Stored> {
  const { place, devices } = scene
  scene.diesAfterEffectMs = null
  if (scene.host) scene.host.life.lastSync = null
  place.slowsDisk(false)
  await place.startServer()
  if (scene.isAgentDead) await scene.stopsHost()
  await scene.startsHost()
  const { host } = scene
  if (!host) throw new Error('no host')
  host.net.mend()
  for (const { net } of devices) net.mend()
  await host.net.release()
  for (const { net } of devices) await net.release()
  let seen = await rests(scene)
  // Nothing comes after these: what was not rung for stays unseen.
  for (const say of lastWords(scene)) {
    if (scene.violated) break
    await say()
    place.store.slowsReads(false)
    seen = await rests(scene)
  }
  await checkRevoked(scene)
  return seen
}

/** Two events so close that a reader may be between its reading and its wait, a command whose end no event tells of, and events right behind such an end. */
function lastWords(scene: Scene): (() => Promise<void> | void)[] {
  const pause = (waitMs: number) => new Promise<void>((resolve) => setTimeout(resolve, waitMs))
  const pair = (waitMs: number) => async () => {
    reports(scene)
    await pause(waitMs)
    reports(scene)
  }
  const index = scene.devices.findIndex(({ revokedAt }) => revokedAt === null)
  const behind = (waitMs: number) => async () => {
    scene.place.store.slowsReads(true)
    const told = scene.nextTold()
    deviceCancels(scene, index)
    await untilOr(1_000, told)
    await pause(waitMs)
    reports(scene)
    await pause(30)
  }
  const cancel = async () => {
    scene.place.store.slowsReads(true)
    deviceCancels(scene, index)
    await untilOr(1_000, scene.nextTold())
  }
  return [...[1, 5, 8].map(pair), cancel, ...[0, 0, 10, 20].map(behind), pair(3)]
}

/** Waits until all agree, and checks what must hold then. */
async function rests(scene: Scene): Promise<Stored> {
  const { place, sessionId, devices, host } = scene
  if (!host) throw new Error('no host')
  let deadline = Date.now() + patienceMs
  let before = ''
  for (;;) {
    for (let index = 0; index < devices.length; index += 1) watch(scene, index)
    for (const [index, mine] of scene.asked.entries())
      if (devices[index]?.revokedAt === null)
        for (const asked of mine) if (asked.made === null && asked.refused === null) await send(scene, index, asked)
    for (const { id } of host.session.view().decisions) {
      scene.seen.add(id)
      await terminalAnswers(scene, id, 'deny')
    }
    if (host.session.view().queueHeld !== null) await host.session.releaseQueue()
    const seen = await stored(place.store, sessionId)
    const journal = await journalled(place.folderOf(sessionId))
    const missing = whatIsMissing(scene, seen, journal)
    // What still moves is late, and not lost.
    if (missing !== before) deadline = Math.max(deadline, Date.now() + stillMs)
    before = missing
    if (missing === '' || scene.violated || Date.now() > deadline) {
      if (missing !== '' && !scene.violated)
        scene.violate(missing.startsWith('command') ? 'losersTold' : 'converges', missing)
      checkLogs(scene, seen, journal)
      checkEnds(scene, seen, journal)
      checkResults(scene, seen, await notedResults(place.folderOf(sessionId)))
      return seen
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** The first thing that does not agree yet, or nothing. */
function whatIsMissing(scene: Scene, { events, commands, decisions }: Stored, journal: readonly Line[]): string {
  const view = scene.host?.session.view()
  if (view?.decisions.length || view?.prompts.length || view?.turn) return 'the session is not at rest'
  if (events.length !== journal.length)
    return `${events.length} of ${journal.length} are on the server, which is ${view?.remote.state}: ${view?.remote.reason}`
  for (const [index, { watcher, revokedAt }] of scene.devices.entries()) {
    if (revokedAt !== null) continue
    if (watcher.log.length !== events.length) return `viewer ${index} has ${watcher.log.length} of ${events.length}`
    for (const { id, state } of commands)
      if (isEnd(state) && watcher.states.get(id) !== state)
        return `command ${id} is ${state}, device ${index} has heard ${watcher.states.get(id)}`
  }
  for (const { id, state, kind } of commands) if (!isEnd(state)) return `command ${id} (${kind}) is still ${state}`
  for (const mine of scene.asked.filter((_, index) => scene.devices[index]?.revokedAt === null))
    for (const { made, refused, key } of mine)
      if (made === null && refused === null) return `command ${key} was never made`
  const open = decisions.find(({ state }) => state === 'OPEN')
  return open ? `decision ${open.id} is open, and nobody asks it` : ''
}

/** The title is Offdesk's; what was asked stands in the evidence as it came. */
function askedIn({ evidence }: Record<string, unknown>): string {
  const [word] = /ask \d+/.exec(String(evidence)) ?? []
  if (word === undefined) throw new Error(`which question was this? ${String(evidence)}`)
  return word
}

function checkEnds(scene: Scene, { commands, decisions }: Stored, journal: readonly Line[]): void {
  const opened = new Map<string, string>()
  const settledBy = new Map<string, Record<string, unknown>>()
  for (const { body } of journal) {
    if (body.decisionOpened) opened.set(String(body.decisionOpened.decisionId), askedIn(body.decisionOpened))
    const id = String(body.decisionSettled?.decisionId)
    if (body.decisionSettled && settledBy.has(id)) scene.violate('oneEffect', `decision ${id} is settled twice`)
    if (body.decisionSettled) settledBy.set(id, body.decisionSettled)
  }
  for (const [id, word] of opened) {
    const settled = settledBy.get(id)
    // Whoever replays the journal must not find it open (D1, D2).
    if (!settled) scene.violate('answered', `decision ${id} is settled nowhere in the journal`)
    const effects = scene.effects.get(word) ?? []
    if (effects.length > 1) scene.violate('oneEffect', `“${word}” had ${effects.join(' and ')}`)
    const [effect] = effects
    const chosen = settled?.outcome === 'ANSWERED' ? settled.optionId : 'cancelled'
    if (effect !== undefined && effect !== chosen)
      scene.violate('oneEffect', `“${word}”: the agent was told ${effect}, recorded is ${String(chosen)}`)
    const row = decisions.find((each) => each.id === id)
    const origin = settled?.origin as { commandId?: string; surface?: string } | undefined
    // Open (docs/model.md): a newer attachment withdraws what is open before the journal of the older one has told who answered it.
    const isOpenGap = row?.outcome === 'WITHDRAWN' && settled?.outcome === 'ANSWERED'
    if (settled && !isOpenGap && row?.winnerCommandId !== (origin?.commandId ?? null))
      scene.violate(
        'oneEffect',
        `decision ${id}: the journal names ${origin?.commandId}, the server ${row?.winnerCommandId}`,
      )
    // Each was once the proposal: a second one only after the first came to nothing, or as a deny in its place (D2).
    const given = commands.filter((each) => each.decisionId === id && each.deliveredAt !== null)
    const stood = given.filter(({ state }) => state === 'APPLIED' || state === 'SUPERSEDED')
    const denies = stood.filter(({ isDeny }) => isDeny).length
    if (stood.length - denies > 1 || denies > 1)
      scene.violate('oneEffect', `decision ${id} had ${stood.length} proposals, each of them given to the host`)
    const applied = commands.filter((each) => each.decisionId === id && each.state === 'APPLIED')
    if (applied.some((each) => each.id !== origin?.commandId))
      scene.violate(
        'oneEffect',
        `decision ${id}: ${applied.map((each) => each.id).join()} say APPLIED, ${origin?.commandId} won`,
      )
  }
  for (const { decisionId, said, known } of scene.terminal) {
    const origin = settledBy.get(decisionId)?.origin as { commandId?: string } | undefined
    if (known && said === null && settledBy.has(decisionId) && scene.seen.has(decisionId))
      scene.violate('losersTold', `the terminal was not told who answered ${decisionId}`)
    if (said !== null && settledBy.has(decisionId) && (said.origin.commandId ?? null) !== (origin?.commandId ?? null))
      scene.violate(
        'losersTold',
        `the terminal was told that ${said.origin.commandId} won ${decisionId}, not ${origin?.commandId}`,
      )
  }
  const changes = journal.flatMap(({ body }) => (body.promptChanged ? [body.promptChanged] : []))
  for (const { about, made, refused, key } of scene.asked.flat()) {
    if (about === 'wrong' && commands.some(({ id, state }) => id === made && state === 'APPLIED'))
      scene.violate('oneEffect', `${made} was for something else than what was asked, and is APPLIED`)
    if (refused === 'BAD_INPUT') scene.violate('losersTold', `${key} is refused as BAD_INPUT`)
  }
  for (const asked of scene.asked.flat()) {
    if (asked.about !== 'prompt' || asked.made === null) continue
    const row = commands.find(({ id }) => id === asked.made)
    const ran = scene.ran.get(asked.text) ?? 0
    const last = changes.findLast(({ text }) => text === asked.text)
    if (row?.state === 'REFUSED' && ran > 0 && !isMadeAnew(scene.place.store, row))
      scene.violate('onceOnly', `“${asked.text}” is REFUSED and ran`)
    if (row?.state === 'APPLIED' && ran === 0 && !['REFUSED', 'UNKNOWN', 'WITHDRAWN'].includes(String(last?.state)))
      scene.violate('answered', `“${asked.text}” is APPLIED, did not run, and the journal says ${String(last?.state)}`)
  }
}

/** What was noted is what the sender is told: only what ended on the server before the host had a word in it ends otherwise (C3, C4). */
function checkResults(scene: Scene, { commands }: Stored, noted: ReadonlyMap<string, string>): void {
  for (const { id, state } of commands) {
    const result = noted.get(id)
    if (result !== undefined && result !== state && (state === 'UNKNOWN' || state === 'APPLIED'))
      scene.violate('losersTold', `command ${id} is ${state}, and noted as ${result}`)
  }
}

async function checkRevoked(scene: Scene): Promise<void> {
  const { place } = scene
  for (const [index, { revokedAt, watcher }] of scene.devices.entries()) {
    if (revokedAt === null) continue
    const wait = revokedAt + revocationMs - Date.now()
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
    const late = watcher.log.filter(({ at }) => at > revokedAt + revocationMs)
    if (late.length > 0)
      scene.violate('silence', `device ${index} was shown ${late.length} events after it was revoked`)
    if (watcher.isOn && !watcher.isEnded) scene.violate('silence', `device ${index} was revoked and its streams go on`)
    const { token } = place.people[index] ?? { token: '' }
    if (await isLetIn(place.server.url, token)) scene.violate('silence', `device ${index} was revoked and is let in`)
  }
}
