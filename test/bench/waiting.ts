/** What costs a server that has nothing to do but to be there: commands to an idle host, and a thousand pairs that wait. */
import type { Contestant, Stop } from './contestant.ts'
import { publish } from './contestant.ts'
import { quantile } from './numbers.ts'
import { pause } from './road.ts'

/** Milliseconds from the tap to the arrival at a host that waits, one command after another. */
export async function commands(
  contestant: Contestant,
  count: number,
): Promise<Record<'commandP50' | 'commandP95', number>> {
  const pair = contestant.pair()
  let onCommand = () => {}
  const stop = await contestant.serve(pair, () => onCommand())
  const taken: number[] = []
  for (let n = 0; n < count; n++) {
    // Back in its wait: what it did with the one before is over.
    await pause(60)
    const tapped = performance.now()
    const arrived = new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${contestant.name}: no command within 10 s`)), 10_000)
      onCommand = () => {
        taken.push(performance.now() - tapped)
        clearTimeout(late)
        resolve()
      }
    })
    await Promise.all([contestant.command(pair), arrived])
  }
  await stop()
  return { commandP50: quantile(taken, 0.5), commandP95: quantile(taken, 0.95) }
}

export type Idle = { kilobytesPerPair: number; cpuMicrosPerPairAndSecond: number }

/** Pairs of a host that waits for commands and a viewer that follows. The server has served a few before, so that its own code is not counted. */
export async function idle(
  contestant: Contestant,
  how: { pairs: number; settleSeconds: number; seconds: number },
): Promise<Idle> {
  const warm = await Promise.all(Array.from({ length: 5 }, () => open(contestant)))
  await pause(2000)
  await Promise.all(warm.map((pair) => pair.close()))
  await pause(1000)
  const empty = await contestant.usage(true)
  const pairs: Open[] = []
  while (pairs.length < how.pairs) {
    const some = Array.from({ length: Math.min(50, how.pairs - pairs.length) }, () => open(contestant))
    pairs.push(...(await Promise.all(some)))
  }
  await pause(how.settleSeconds * 1000)
  const full = await contestant.usage(true)
  await pause(1000)
  const [before, begun] = [await contestant.usage(), performance.now()]
  await pause(how.seconds * 1000)
  const [after, ended] = [await contestant.usage(), performance.now()]
  for (const pair of pairs.slice(0, 20)) await pair.proves()
  await Promise.all(pairs.map((pair) => pair.close()))
  return {
    kilobytesPerPair: (full.rssBytes - empty.rssBytes) / 1024 / how.pairs,
    cpuMicrosPerPairAndSecond: (after.cpuMicros - before.cpuMicros) / how.pairs / ((ended - begun) / 1000),
  }
}

type Open = { proves(): Promise<void>; close(): Promise<void> }

async function open(contestant: Contestant): Promise<Open> {
  const pair = contestant.pair()
  let onEvent = () => {}
  const stops: Stop[] = [await contestant.follow(pair, () => onEvent()), await contestant.serve(pair, () => {})]
  return {
    // It was there all the time: an event reaches the viewer.
    async proves() {
      const publisher = publish(contestant, pair)
      const arrived = new Promise<void>((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`${contestant.name}: an idle viewer is deaf`)), 10_000)
        onEvent = () => {
          clearTimeout(late)
          resolve()
        }
      })
      publisher.log.hand()
      await arrived
      await publisher.close()
    },
    async close() {
      for (const stop of stops) await stop()
    },
  }
}
