/** Holds the architecture: imports run downward, in no circle, and no file outgrows a room (design §2). */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { CEILING_LINES, GENERATED, MAY_IMPORT, MEDIAN_LINES } from './floors.ts'

const listed = execFileSync(
  'git',
  ['ls-files', '-co', '--exclude-standard', 'server', 'agent-cli', 'pwa', 'protocol', 'test'],
  { encoding: 'utf8' },
)
const files = listed.split('\n').filter((path) => existsSync(path) && !GENERATED.some((pattern) => pattern.test(path)))
const code = files.filter((path) => /\.(ts|tsx|mjs)$/.test(path) && !path.startsWith('test/'))

/** Paths a file imports from this repository, as written from the root. */
function imports(path: string): string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(path, 'utf8'), true, true)
  return importedFiles
    .map((file) => file.fileName)
    .filter((name) => name.startsWith('.'))
    .map((name) => join(dirname(path), name.replace(/\?.*$/, '')))
}

/** The room a path belongs to: the longest known prefix, or the path's own top folders. */
function room(path: string): string {
  const fits = Object.keys(MAY_IMPORT).filter((name) => path === name || path.startsWith(`${name}/`))
  return fits.sort((a, b) => b.length - a.length)[0] ?? dirname(path)
}

const within = (path: string, place: string) => path === place || path.startsWith(`${place}/`)

describe('the house', () => {
  it('has a rule for every room', () => {
    const unknown = code.filter((path) => !(room(path) in MAY_IMPORT) && !path.endsWith('.config.ts'))
    expect(unknown).toEqual([])
  })

  it('imports only downward', () => {
    const wrong = code.flatMap((path) => {
      const from = room(path)
      const allowed = [from, ...(MAY_IMPORT[from] ?? [])]
      return imports(path)
        .filter((to) => !allowed.some((place) => within(to, place)) && !to.endsWith('package.json'))
        .map((to) => `${path} → ${to}`)
    })
    expect(wrong).toEqual([])
  })

  it('agent and remote never meet, server, pwa and agent-cli never import each other', () => {
    const houses = ['server', 'pwa', 'agent-cli']
    const wrong = code.flatMap((path) => {
      const own = path.split('/')[0] ?? ''
      const strangers = houses.filter((house) => house !== own)
      const forbidden = within(path, 'agent-cli/agent')
        ? [...strangers, 'agent-cli/remote']
        : within(path, 'agent-cli/remote')
          ? [...strangers, 'agent-cli/agent']
          : strangers
      return imports(path)
        .filter((to) => own !== 'test' && forbidden.some((place) => within(to, place)))
        .map((to) => `${path} → ${to}`)
    })
    expect(wrong).toEqual([])
  })

  it('has no circle of imports, of types neither', () => {
    const done = new Set<string>()
    const circles: string[] = []
    const visit = (path: string, trail: string[]) => {
      const at = trail.indexOf(path)
      if (at >= 0) return void circles.push([...trail.slice(at), path].join(' → '))
      if (done.has(path) || !existsSync(path)) return
      for (const next of imports(path)) visit(next, [...trail, path])
      done.add(path)
    }
    for (const path of code) visit(path, [])
    expect(circles).toEqual([])
  })

  it(`keeps every file within ${CEILING_LINES} lines and the median under ${MEDIAN_LINES}`, () => {
    const sized = files
      .filter((path) => /\.(ts|tsx|mjs|css)$/.test(path))
      .map((path) => ({ path, lines: readFileSync(path, 'utf8').split('\n').length - 1 }))
    expect(sized.filter((file) => file.lines > CEILING_LINES).map((file) => `${file.lines} ${file.path}`)).toEqual([])
    const sorted = sized.map((file) => file.lines).sort((a, b) => a - b)
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThan(MEDIAN_LINES)
  })
})
