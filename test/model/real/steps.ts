// One step of a history on the real parts. Where the product cannot be cut so finely, a moment passes and it does what it does.
import { createHash } from 'node:crypto'
import { createCaller } from '../../../agent-cli/remote/credentials.ts'
import { RevokeDevice } from '../../../agent-cli/remote/host-operations.ts'
import { randomText } from '../../../protocol/bytes.ts'
import type { Step } from '../steps.ts'
import { type Ask, sends } from './people.ts'
import type { Scene } from './scene.ts'
import { stored } from './store.ts'
import { zombieSettles, zombieSpeaks } from './zombie.ts'

const moment = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds))

/** True when the step did something; false when there was nothing for it to happen to. */
export async function apply(scene: Scene, { kind, a, b }: Step): Promise<boolean> {
  const { host, place } = scene
  const isWorking = host !== null && !scene.isAgentDead
  for (const { id } of host?.session.view().decisions ?? []) scene.seen.add(id)
  switch (kind) {
    case 'says':
      scene.count += 1
      return isWorking ? did(host.agent.says(`text ${scene.count} `, { messageId: `m${scene.count}` })) : false
    case 'asks': {
      if (!isWorking) return false
      scene.count += 1
      const title = `ask ${scene.count}`
      const asked = host.agent.asks({ title, command: title })
      asked.answered(60_000).then(
        (option) => {
          scene.effects.set(title, [...(scene.effects.get(title) ?? []), option])
          if (option !== 'cancelled') scene.hadEffect()
        },
        () => undefined,
      )
      return true
    }
    case 'terminalAnswers': {
      const ids = [...scene.seen]
      const decisionId = ids[a % ids.length]
      return host && decisionId ? did(await terminalAnswers(scene, decisionId, b % 2 ? 'allow' : 'deny')) : false
    }
    case 'terminalPrompts':
      if (!isWorking) return false
      scene.count += 1
      return did(void host.session.prompt(`typed ${scene.count}`).catch(() => undefined))
    case 'deviceAllows':
    case 'deviceDenies':
    case 'deviceErrs':
    case 'devicePrompts':
      return deviceAsks(scene, kind, a, b)
    case 'deviceResends': {
      const index = a % scene.asked.length
      const mine = scene.asked[index]?.filter(({ refused }) => refused === null) ?? []
      const asked = mine[b % mine.length]
      return asked ? did(void send(scene, index, asked)) : false
    }
    case 'losesMessage':
    case 'losesReply':
    case 'repeatsMessage':
    case 'delaysMessage': {
      const net = a % 3 === 0 ? scene.devices[b % scene.devices.length]?.net : host?.net
      return net ? did(net.plan(kind)) : false
    }
    case 'cutsNetwork':
      return host ? did(host.net.cut()) : false
    case 'mendsNetwork':
      if (!host) return false
      host.net.mend()
      return did(b % 2 && (await host.net.release()))
    case 'cutsViewer':
      return did(scene.devices[a % scene.devices.length]?.watcher.cut())
    case 'views':
      if (!place.isServerUp) return false
      return did(watch(scene, a % scene.devices.length))
    case 'killsHost':
      return host ? did(await kills(scene, a, b)) : false
    case 'startsHost':
      return host === null ? did(await scene.startsHost()) : false
    case 'killsAgent':
      if (!isWorking) return false
      scene.isAgentDead = true
      return did(host.agent.dies())
    case 'killsServer':
      return place.isServerUp ? did(await place.stopServer()) : false
    case 'startsServer':
      return place.isServerUp ? false : did(await place.startServer())
    case 'failsCommit':
      return did(place.store.failCommit())
    case 'backsUp':
      await place.store.backUp()
      scene.isBackedUp = true
      return true
    case 'restores':
      return restores(scene, a)
    case 'revokes':
      return a % 2 === 0 ? revokes(scene, place.people.length - 1) : false
    case 'saysPoison':
    case 'zombieSpeaks':
      return b % 3 === 0 ? zombieSettles(scene, a) : zombieSpeaks(scene, kind === 'saysPoison', a)
    case 'losesBell':
      // In one process no ring is lost on the way; across processes the contract suite loses them.
      return false
    case 'tellsAgent':
      return did(await untilOr(isReachable(scene) ? 600 : 20, scene.nextEffect()))
    case 'pushes':
      return did(await untilOr(isReachable(scene) ? 400 : 20, scene.nextPush()))
    default:
      return did(await moment(a % 6))
  }
}

const did = (_: unknown): true => true

/** Until it happens, or so much time has passed. */
export async function untilOr(waitMs: number, happens: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  await Promise.race([
    happens,
    new Promise<void>((resolve) => {
      timer = setTimeout(resolve, waitMs)
    }),
  ])
  clearTimeout(timer)
}

/** Otherwise nothing can come of the waiting. */
const isReachable = ({ host, place }: Scene): boolean => host !== null && place.isServerUp && !host.net.isCut

/** Dies with something said that is not safe yet. */
export const losesWrites = ({ kind, a }: Step): boolean => kind === 'killsHost' && a % 4 === 1

/** At once, after something was said, when the agent next has an effect, or with one of the next things to be noted: what was noted by then is what matters. */
async function kills(scene: Scene, a: number, b: number): Promise<void> {
  const { host, place } = scene
  const how = a % 4
  if (how === 0 || !host || (how === 1 && scene.isAgentDead)) return scene.killsHost()
  if (how === 1) {
    place.slowsDisk(true)
    reports(scene)
    const waitMs = 20 + (b % 200)
    await (b % 2 ? moment(waitMs) : untilOr(waitMs, scene.nextPush()))
    await scene.killsHost()
  } else if (how === 2) {
    scene.diesAfterEffectMs = b % 12
    place.slowsDisk(b % 2 === 1)
  } else {
    const dies = () => void scene.killsHost().catch(() => undefined)
    host.life.lastSync = { after: (b >>> 1) % 8, isKept: b % 2 === 0, dies }
  }
}

/** Of an agent's words this leaves at once: it is not put together with what follows. */
export function reports(scene: Scene): void {
  scene.count += 1
  const call = { toolCallId: `c${scene.count}`, title: `work ${scene.count}`, kind: 'read', status: 'completed' }
  scene.host?.agent.update({ sessionUpdate: 'tool_call', ...call })
}

export function watch(scene: Scene, index: number): void {
  const device = scene.devices[index]
  if (device && device.revokedAt === null && scene.place.isServerUp && scene.host) {
    if (device.watcher.isEnded) device.watcher.cut()
    device.watcher.resume(scene.place.server)
  }
}

export async function terminalAnswers(scene: Scene, decisionId: string, optionId: string): Promise<void> {
  const known = scene.seen.has(decisionId)
  const said = await scene.host?.session.answer(decisionId, { is: 'option', optionId }).catch(() => null)
  scene.terminal.push({ decisionId, said: said ?? null, known })
}

async function deviceAsks(scene: Scene, kind: Step['kind'], a: number, b: number): Promise<boolean> {
  const index = a % scene.asked.length
  const { sessionId } = scene
  scene.count += 1
  const key = randomText(16)
  const common = { key, made: null, refused: null }
  if (kind === 'devicePrompts') {
    const text = `prompt ${scene.count}`
    const input = { sessionId, key, text }
    return queue(scene, index, {
      ...common,
      about: 'prompt',
      text,
      mutation: 'sendPrompt',
      type: 'SendPromptInput',
      input,
    })
  }
  const all = scene.place.isServerUp ? (await stored(scene.place.store, sessionId)).decisions : []
  const open = all.filter(({ state }) => state === 'OPEN')
  // What is settled is answered now and then, what is open mostly.
  const some = open.length > 0 && b % 8 !== 7 ? open : all
  const decision = some[(b >>> 3) % some.length]
  if (!decision) return false
  const wrong = kind === 'deviceErrs' ? { evidenceDigest: createHash('sha256').update('wrong').digest('hex') } : {}
  const optionId = kind === 'deviceDenies' ? 'deny' : 'allow'
  const input = { sessionId, key, decisionId: decision.id, epoch: decision.epoch, optionId, ...wrong }
  const about = kind === 'deviceErrs' ? ('wrong' as const) : ('answer' as const)
  const how = { mutation: 'answerPermission', type: 'AnswerPermissionInput' }
  const asked = { ...common, ...how, about, text: decision.id, input }
  // Often two devices answer in the same moment.
  if (kind === 'deviceAllows' && b % 2 === 0) {
    const other = { ...input, key: randomText(16) }
    queue(scene, (index + 1) % scene.asked.length, { ...asked, key: other.key, input: other })
  }
  return queue(scene, index, asked)
}

/** Cancels a turn that there is not: it is REFUSED, and no event tells of it. */
export function deviceCancels(scene: Scene, index: number): void {
  const key = randomText(16)
  const input = { sessionId: scene.sessionId, key, turnId: 'trn_ofnobody00000000000' }
  const how = { mutation: 'cancelTurn', type: 'CancelTurnInput', about: 'other' as const, text: key }
  queue(scene, index, { ...how, key, input, made: null, refused: null })
}

function queue(scene: Scene, index: number, asked: Ask): true {
  scene.asked[index]?.push(asked)
  void send(scene, index, asked)
  return true
}

/** Tries once; what was not heard is sent again by another step, or by the heal. */
export async function send(scene: Scene, index: number, asked: Ask): Promise<void> {
  const { place } = scene
  const [device, person] = [scene.devices[index], place.people[index]]
  if (!device || !person) return
  const wasRevoked = device.revokedAt !== null
  const { restores } = place.store
  const before = asked.made
  try {
    const isHeard = await sends(device.net, place.server.url, person.token, asked)
    if (isHeard && wasRevoked && asked.refused === null)
      scene.violate('silence', `a command of device ${index} is taken after it was revoked`)
  } catch (error) {
    // A row that went with a restore is made anew.
    if (place.store.restores === restores && before !== null) scene.violate('onceOnly', String(error))
    else asked.made = null
  }
}

/** The first time there is nothing to put back: then it is what the next one puts back. */
async function restores(scene: Scene, a: number): Promise<boolean> {
  const { place } = scene
  if (!scene.isBackedUp) {
    await place.store.backUp()
    scene.isBackedUp = true
    return false
  }
  await place.stopServer()
  await place.store.restore()
  await place.startServer()
  // A device that finds its rows gone sends them again, by the same keys.
  const index = a % scene.asked.length
  for (const asked of scene.asked[index] ?? []) if (asked.refused === null) void send(scene, index, asked)
  return true
}

async function revokes(scene: Scene, index: number): Promise<boolean> {
  const { place } = scene
  const [device, person] = [scene.devices[index], place.people[index]]
  if (!device || !person || device.revokedAt !== null || !place.isServerUp || !scene.host) return false
  // What is to end must be there.
  watch(scene, index)
  await moment(60)
  if (!scene.host || !place.isServerUp) return false
  const call = createCaller({
    ...{ endpoint: { url: place.server.url }, identity: scene.host.link.identity, sessionId: null },
  })
  const isDone = await call(RevokeDevice, { id: person.id }).then(
    () => true,
    () => false,
  )
  if (isDone) device.revokedAt = Date.now()
  return isDone
}
