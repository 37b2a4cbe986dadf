// The page being written: where items are put, found again and replaced. Copies its list once per batch, on the first change.
// Knows no kind of event.
import type { Item, PromptItem } from './shape.ts'

/** A list that is only ever replaced, so that a reader's copy never changes under it. */
export type Page = {
  /** Adds an item at the end; ends a thought that was going on. `names` find it again. */
  put(item: Item, ...names: string[]): void
  /** Gives an item that is already there another name. */
  name(name: string, of: string): void
  find(name: string): Item | undefined
  /** Puts another item in the place of the one named. Nothing happens when there is none. */
  replace(name: string, item: Item): void
  last(): Item | undefined
  replaceLast(item: Item): void
  endThought(at: string): void
  queued: Map<string, PromptItem>
  /** The list as it stands. What is put later does not reach it. */
  items(): readonly Item[]
}

export function createPage(): Page {
  let items: Item[] = []
  let lent = false
  const places = new Map<string, number>()
  const own = () => {
    if (lent) items = items.slice()
    lent = false
    return items
  }
  const set = (at: number, item: Item) => {
    own()[at] = item
  }
  const page: Page = {
    put(item, ...names) {
      page.endThought(item.at)
      const list = own()
      for (const name of names) places.set(name, list.length)
      list.push(item)
    },
    name(name, of) {
      const at = places.get(of)
      if (at !== undefined) places.set(name, at)
    },
    find(name) {
      const at = places.get(name)
      return at === undefined ? undefined : items[at]
    },
    replace(name, item) {
      const at = places.get(name)
      if (at !== undefined) set(at, item)
    },
    last: () => items.at(-1),
    replaceLast(item) {
      if (items.length > 0) set(items.length - 1, item)
    },
    endThought(at) {
      const last = items.at(-1)
      if (last?.kind === 'thought' && last.endedAt === null) set(items.length - 1, { ...last, endedAt: at })
    },
    queued: new Map(),
    items() {
      lent = true
      return items
    },
  }
  return page
}
