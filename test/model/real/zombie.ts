// A process that was taken for dead speaks to the real server once more: pushes, starts, settles. Whatever it says must be refused.
import { createHash } from 'node:crypto'
import { readMeta } from '../../../agent-cli/journal/meta.ts'
import { createCaller } from '../../../agent-cli/remote/credentials.ts'
import { SettleCommand } from '../../../agent-cli/remote/host-operations.ts'
import { PushEvents, StartSession } from '../../../agent-cli/remote/session-operations.ts'
import { isEnd, type Scene } from './scene.ts'
import { stored } from './store.ts'

/** What had ended is settled again, otherwise: a word of a dead process that was long on its way (C5). */
export async function zombieSettles(scene: Scene, a: number): Promise<boolean> {
  // The host may die meanwhile: this one is dead already.
  const { place, sessionId, host } = scene
  if (!place.isServerUp || !host) return false
  const { commands } = await stored(place.store, sessionId)
  const ended = commands.filter(({ state }) => isEnd(state))
  const one = ended[a % ended.length]
  if (!one) return false
  const { restores } = place.store
  const state = one.state === 'UNKNOWN' ? 'APPLIED' : 'UNKNOWN'
  const call = createCaller({ endpoint: { url: place.server.url }, identity: host.link.identity, sessionId })
  await taken(call(SettleCommand, { input: { commandId: one.id, state } }))
  const now = (await stored(place.store, sessionId)).commands.find(({ id }) => id === one.id)
  if (place.store.restores === restores && now && now.state !== one.state)
    scene.violate('onceOnly', `command ${one.id} was ${one.state} and is ${now.state}`)
  return true
}

/** A process that was taken for dead: an older epoch, another attachment of this one, a later batch first, or other bytes under a number that is used. */
export async function zombieSpeaks(scene: Scene, isConflict: boolean, a: number): Promise<boolean> {
  const { place, sessionId } = scene
  if (!place.isServerUp || !scene.host) return false
  const facts = await readMeta(`${place.folderOf(sessionId)}/meta.json`)
  const { lastSeq, epoch: storedEpoch } = await stored(place.store, sessionId)
  // A server that was put back does not know what fenced the zombie: nothing could tell its words from the true ones.
  if (lastSeq === 0 || storedEpoch !== facts.epoch) return false
  const { epoch } = facts
  const own = String(facts.attachmentId)
  const other = 'att_zombie0000000000000000'
  if (isConflict) await speaks(scene, { epoch, attachmentId: own, seq: 1 + (a % lastSeq) }, own)
  else {
    await speaks(scene, { epoch, attachmentId: own, seq: lastSeq + 100 }, own)
    await speaks(scene, { epoch, attachmentId: other, seq: lastSeq + 1 }, own)
    if (epoch > 1) await speaks(scene, { epoch: epoch - 1, attachmentId: other, seq: lastSeq + 1 }, own)
  }
  return true
}

async function speaks(
  scene: Scene,
  { epoch, attachmentId, seq }: { epoch: number; attachmentId: string; seq: number },
  own: string,
): Promise<void> {
  const { place, sessionId, host } = scene
  if (!host || !place.isServerUp) return
  const call = createCaller({ endpoint: { url: place.server.url }, identity: host.link.identity, sessionId })
  const { hostId } = host.link.identity
  const start = { id: sessionId, hostId, epoch, attachmentId, ceiling: 'FULL' as const }
  const more = { agent: { id: 'z', name: 'Z' }, cwd: '/', createdAt: new Date().toISOString() }
  // What it gets for starting is the same as for pushing.
  if (attachmentId !== own && (await taken(call(StartSession, { input: { ...start, ...more } }))))
    scene.violate('prefix', `a zombie of epoch ${epoch} may start the session`)
  const digest = createHash('sha256').update(`zombie ${seq}`).digest('hex')
  const body = { agentText: { messageId: 'z', text: 'zombie' } }
  const events = [{ seq, at: new Date().toISOString(), digest, body }]
  if (await taken(call(PushEvents, { sessionId, epoch, attachmentId, events })))
    scene.violate('prefix', `what a zombie said as number ${seq} is taken`)
}

const taken = (asked: Promise<unknown>): Promise<boolean> =>
  asked.then(
    () => true,
    () => false,
  )
