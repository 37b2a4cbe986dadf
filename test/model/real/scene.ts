// One history's actors on the real parts: the session as it lives and dies, what the agent was told, what devices asked. Knows no step.
import { readdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Settlement } from '../../../agent-cli/bridge/view.ts'
import type { Invariant } from '../pure/invariants.ts'
import { within } from './disk.ts'
import { type Ask, createWatcher, type Watcher } from './people.ts'
import type { Place, Workstation } from './place.ts'
import { createNet, type Net } from './wire.ts'

export type Scene = {
  readonly place: Place
  readonly sessionId: string
  host: Workstation | null
  isAgentDead: boolean
  /** How often the server had been put back when this began. */
  readonly restoresAtStart: number
  /** Of another history's state nothing is to be learnt. */
  isBackedUp: boolean
  count: number
  /** Title of what was asked → the options the agent was told, one life after another. */
  readonly effects: Map<string, string[]>
  /** Text of a prompt → how often the agent was given it. */
  readonly ran: Map<string, number>
  readonly asked: Ask[][]
  readonly devices: { net: Net; watcher: Watcher; revokedAt: number | null }[]
  readonly terminal: { decisionId: string; said: Settlement | null; known: boolean }[]
  /** How commands have ended, as some device heard it, and of which database. */
  readonly ended: Map<string, { state: string; restores: number }>
  /** Decisions seen in this life of the host. */
  seen: Set<string>
  /** The host dies so many milliseconds after the agent is given something; null when it does not. */
  diesAfterEffectMs: number | null
  /** The agent was given a prompt, or told an answer. */
  hadEffect(): void
  /** Resolves with the next one. */
  nextEffect(): Promise<void>
  /** Resolves with the next acknowledgement that the host hears. */
  nextPush(): Promise<void>
  /** Resolves when the server has next taken the end of a command from the host. */
  nextTold(): Promise<void>
  violated: { invariant: Invariant; detail: string } | null
  violate(invariant: Invariant, detail: string): void
  startsHost(): Promise<void>
  /** As kill -9 would: what was not synced is lost, its agent dies, its lock has nobody. */
  killsHost(): Promise<void>
  /** The person closes it, and it says so while it can. */
  stopsHost(): Promise<void>
  close(): Promise<void>
}

export async function openScene(place: Place): Promise<Scene> {
  let scene: Scene
  const effectWaiters: (() => void)[] = []
  const pushWaiters: (() => void)[] = []
  const toldWaiters: (() => void)[] = []
  const restoresAtStart = () => place.store.restores
  const newNet = () =>
    createNet(async (asked, answer) => {
      if (asked.includes('SettleCommand')) for (const wake of toldWaiters.splice(0)) wake()
      if (!asked.includes('PushEvents')) return
      const lastSeq = /"lastSeq":(\d+)/.exec(answer)?.[1]
      const restores = restoresAtStart()
      if (lastSeq === undefined || scene.sessionId === '') return
      for (const wake of pushWaiters.splice(0)) wake()
      const known = await place.store.read(async (tx) =>
        tx.query.session.findFirst({ where: (row, { eq }) => eq(row.id, scene.sessionId) }),
      )
      if (place.store.restores === restores && Number(lastSeq) > (known?.lastSeq ?? 0))
        scene.violate('acknowledged', `${lastSeq} is acknowledged, ${known?.lastSeq ?? 0} are stored`)
    })
  /** Of the host before: until it is over nobody takes its place. */
  let dying: Promise<void> = Promise.resolve()
  const first = await place.startHost(newNet())
  const sessionId = first.session.id
  for (const [index, person] of place.people.entries())
    if (person.token === '') await place.replace(index, first.session)
  scene = {
    ...{ restoresAtStart: place.store.restores },
    ...{ place, sessionId, host: first, isAgentDead: false, isBackedUp: false, count: 0, violated: null },
    ...{ effects: new Map(), ran: new Map(), terminal: [], seen: new Set(), ended: new Map() },
    asked: place.people.map(() => []),
    devices: place.people.map(({ token }) => ({
      ...{ net: createNet(), revokedAt: null },
      watcher: createWatcher(token, sessionId, (id, from, to) => endsAgain(scene, id, from, to)),
    })),
    diesAfterEffectMs: null,
    nextEffect: () => new Promise((resolve) => void effectWaiters.push(resolve)),
    nextPush: () => new Promise((resolve) => void pushWaiters.push(resolve)),
    nextTold: () => new Promise((resolve) => void toldWaiters.push(resolve)),
    hadEffect() {
      for (const wake of effectWaiters.splice(0)) wake()
      const waitMs = scene.diesAfterEffectMs
      if (waitMs === null) return
      scene.diesAfterEffectMs = null
      const { host } = scene
      const dies = () => void (scene.host === host && scene.killsHost().catch(() => undefined))
      if (waitMs === 0) dies()
      else setTimeout(dies, waitMs)
    },
    violate(invariant, detail) {
      scene.violated ??= { invariant, detail }
    },
    async startsHost() {
      await dying
      if (scene.host) return
      scene.host = await place.startHost(newNet(), sessionId)
      scene.isAgentDead = false
      scene.seen = new Set()
      listens(scene)
    },
    killsHost() {
      const { host } = scene
      if (!host) return dying
      scene.host = null
      scene.diesAfterEffectMs = null
      host.life.isOver = true
      host.net.end()
      place.slowsDisk(false)
      dying = (async () => {
        await host.agent.close()
        await letGo(place.folderOf(sessionId))
        // Ends its timers. Of its own life, or what it notes at its end would reach the disk and overwrite what its successor has noted.
        within(host.life, () => {
          void host.session.close().catch(() => undefined)
          void host.link.close().catch(() => undefined)
        })
      })()
      return dying
    },
    async stopsHost() {
      const { host } = scene
      if (!host) return
      scene.host = null
      await host.session.close('The person closed it.')
      await host.link.close()
      host.net.end()
      await host.agent.close()
    },
    async close() {
      for (const { watcher } of scene.devices) watcher.cut()
      await scene.stopsHost()
    },
  }
  listens(scene)
  return scene
}

/** C5: what has ended does not end otherwise. A server that was put back may say anything of what it has forgotten. */
function endsAgain(scene: Scene, id: string, from: string | undefined, to: string): void {
  const { restores } = scene.place.store
  const ended = scene.ended.get(id)
  if (isEnd(from) && ended?.restores === restores && ended.state !== to)
    scene.violate('onceOnly', `command ${id} was ${ended.state} and is ${to}`)
  if (isEnd(to)) scene.ended.set(id, { state: to, restores })
}

export const isEnd = (state: string | undefined): boolean =>
  state !== undefined && state !== 'QUEUED' && state !== 'DELIVERED'

/** A dead process holds no lock. */
async function letGo(folder: string): Promise<void> {
  for (const name of await readdir(folder)) if (name.startsWith('lock.')) await unlink(join(folder, name))
}

/** The agent takes what it is given, and ends its turn when nothing it asked is open. */
function listens(scene: Scene): void {
  const mine = scene.host
  if (!mine) return
  void (async () => {
    while (scene.host === mine) {
      const { text } = await mine.agent.prompted(2_000_000_000).catch(() => ({ text: null }))
      if (text === null) return
      scene.ran.set(text, (scene.ran.get(text) ?? 0) + 1)
      scene.hadEffect()
      setTimeout(() => ends(scene, mine), 5)
    }
  })()
}

export function ends(scene: Scene, mine: Workstation): void {
  if (scene.host !== mine || scene.isAgentDead) return
  if (mine.session.view().decisions.length > 0) return void setTimeout(() => ends(scene, mine), 25)
  try {
    mine.agent.ends()
  } catch {
    // Its turn has ended already.
  }
}
