/**
 * Work that waits for the same thing is done together: what comes while a group is under way makes up the next one. Nobody waits for company: the first
 * goes alone. Knows no table.
 */

export type GroupOptions<T, R> = {
  /** One answer for each, in their order. What it throws is everyone's. */
  run(items: readonly T[]): Promise<readonly R[]>
  /** Two of one key never go in one group, nor at once. */
  keyOf(item: T): string
  weightOf(item: T): number
  /** Groups under way at once. */
  atOnce: number
  maxItems: number
  maxWeight: number
}

type Waiting<T, R> = { item: T; key: string; resolve: (answer: R) => void; reject: (error: unknown) => void }

export function createGroups<T, R>(options: GroupOptions<T, R>): (item: T) => Promise<R> {
  const { run, keyOf, weightOf, atOnce, maxItems, maxWeight } = options
  let waiting: Waiting<T, R>[] = []
  const running = new Set<string>()
  let groups = 0

  function next(): void {
    while (groups < atOnce) {
      const group = take()
      if (group.length === 0) return
      groups += 1
      for (const { key } of group) running.add(key)
      void go(group)
    }
  }

  function take(): Waiting<T, R>[] {
    const group: Waiting<T, R>[] = []
    const keys = new Set<string>()
    let weight = 0
    waiting = waiting.filter((one) => {
      const heavier = weight + weightOf(one.item)
      const isFull = group.length > 0 && (group.length >= maxItems || heavier > maxWeight)
      if (isFull || keys.has(one.key) || running.has(one.key)) return true
      keys.add(one.key)
      weight = heavier
      group.push(one)
      return false
    })
    return group
  }

  async function go(group: Waiting<T, R>[]): Promise<void> {
    try {
      const answers = await run(group.map(({ item }) => item))
      for (const [index, { resolve }] of group.entries()) resolve(answers[index] as R)
    } catch (error) {
      for (const { reject } of group) reject(error)
    } finally {
      groups -= 1
      for (const { key } of group) running.delete(key)
      next()
    }
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, key: keyOf(item), resolve, reject })
      next()
    })
}
