/** What a test has opened ends with it, the last first. Heard after each test of every file: test/kit/after-each.ts. */
const ends: (() => Promise<unknown> | unknown)[] = []

/** Runs at the end of the test that runs now. */
export const atEnd = (end: () => Promise<unknown> | unknown): void => void ends.push(end)

export async function endAll(): Promise<void> {
  for (const end of ends.splice(0).reverse()) await end()
}
