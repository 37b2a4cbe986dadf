// The change that is shown is the change that was made: numbers, counts, nothing dropped.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countLines, diffOfPatch, diffOfTexts } from '../../../pwa/ui/diff-lines.ts'

describe('diffOfTexts', () => {
  it('numbers each side by its own lines', () => {
    const diff = diffOfTexts('a.ts', 'one\ntwo\nthree\n', 'one\n2\n2b\nthree\n')
    expect(diff).toMatchObject({ path: 'a.ts', added: 2, removed: 1 })
    expect(diff.lines).toEqual([
      { kind: 'same', oldNumber: 1, newNumber: 1, text: 'one' },
      { kind: 'removed', oldNumber: 2, text: 'two' },
      { kind: 'added', newNumber: 2, text: '2' },
      { kind: 'added', newNumber: 3, text: '2b' },
      { kind: 'same', oldNumber: 3, newNumber: 4, text: 'three' },
    ])
  })

  it('shows a new file as all in and a deleted one as all out', () => {
    expect(diffOfTexts('n', null, 'a\nb\n')).toMatchObject({ added: 2, removed: 0 })
    expect(diffOfTexts('n', 'a\nb\n', null)).toMatchObject({ added: 0, removed: 2 })
    expect(diffOfTexts('n', 'a\n', 'a\n')).toMatchObject({ added: 0, removed: 0, lines: [] })
  })

  it('says when the newline at the end is missing', () => {
    expect(diffOfTexts('n', 'a\n', 'a').lines).toContainEqual({ kind: 'remark', text: 'No newline at end of file' })
  })

  it('marks what is left out between two hunks', () => {
    const lines = Array.from({ length: 40 }, (_, i) => `line ${i}`)
    const changed = lines.map((line, i) => (i === 2 || i === 35 ? 'changed' : line))
    expect(
      diffOfTexts('n', lines.join('\n'), changed.join('\n')).lines.filter((line) => line.kind === 'gap'),
    ).toHaveLength(1)
  })

  it('counts so that lines before − removed + added = lines after, for any two texts', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 30 })
      .map((rows) => rows.map((row) => `${row}\n`).join(''))
    const count = (value: string) => value.split('\n').length - 1
    fc.assert(
      fc.property(text, text, (before, after) => {
        const diff = diffOfTexts('n', before, after)
        expect(count(before) - diff.removed + diff.added).toBe(count(after))
        expect(diff.lines.filter((line) => line.kind === 'added')).toHaveLength(diff.added)
      }),
    )
  })

  it('does not search for the shortest edit of two large strangers for ever', () => {
    const stranger = (seed: number) => Array.from({ length: 20_000 }, (_, i) => `${(i * seed) % 7919}`).join('\n')
    const started = performance.now()
    const diff = diffOfTexts('n', stranger(31), stranger(17))
    expect(performance.now() - started).toBeLessThan(5_000)
    expect(diff.added).toBeGreaterThan(0)
  })
})

describe('diffOfPatch', () => {
  const patch = `diff --git a/src/a.ts b/src/a.ts
--- a/src/a.ts
+++ b/src/a.ts
@@ -41,3 +41,4 @@
 const row = await db
-  .values(input)
+  .values({ ...input, key })
+  .onConflictDoNothing()
 return
--- /dev/null
+++ b/new.sql
@@ -0,0 +1,2 @@
+ALTER TABLE invoices
+  ADD COLUMN key text;
`
  it('reads several files with their paths, numbers and counts', () => {
    const files = diffOfPatch(patch)
    expect(files.map(({ path, added, removed }) => ({ path, added, removed }))).toEqual([
      { path: 'src/a.ts', added: 2, removed: 1 },
      { path: 'new.sql', added: 2, removed: 0 },
    ])
    expect(files[0]?.lines[1]).toEqual({ kind: 'removed', oldNumber: 42, text: '  .values(input)' })
    expect(files[0]?.lines[2]).toEqual({ kind: 'added', newNumber: 42, text: '  .values({ ...input, key })' })
    expect(countLines(files)).toEqual({ added: 4, removed: 1 })
  })

  it('names a deleted file by what it was', () => {
    expect(diffOfPatch('--- a/gone.ts\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n')[0]).toMatchObject({
      path: 'gone.ts',
      removed: 1,
    })
  })

  it.each([
    ['no patch at all', 'Binary files differ'],
    ['a broken hunk', '--- a\n+++ b\n@@ -1,5 +1,5 @@\n-x\n'],
    ['nothing', ''],
  ])('shows %s as it came', (_, text) => {
    const files = diffOfPatch(text)
    const shown = files.flatMap((file) => file.lines.map((line) => ('text' in line ? line.text : '')))
    expect(shown.join('\n')).toContain(text.split('\n').at(-1) ?? '')
    expect(files).toHaveLength(1)
    expect(shown.join('\n')).toBe(text)
  })
})
