/**
 * Says what a CPU profile's time went to: `node --import tsx test/bench/profile.ts <file.cpuprofile> [seconds to leave out at its start]`. Self time by function, by package, and
 * the whole time below each function of our own server; times in percent of what was not idle.
 */
import { readFileSync } from 'node:fs'

type Node = {
  id: number
  callFrame: { functionName: string; url: string; lineNumber: number }
  children?: number[]
}
type Profile = { nodes: Node[]; samples: number[]; timeDeltas: number[] }

const SHOWN = 25
const [path = '', leftOut = '0'] = process.argv.slice(2)
const profile = JSON.parse(readFileSync(path, 'utf8')) as Profile
const byId = new Map(profile.nodes.map((node) => [node.id, node]))
const self = new Map<number, number>()
let at = 0
for (const [index, id] of profile.samples.entries()) {
  const micros = Math.max(0, profile.timeDeltas[index] ?? 0)
  at += micros
  if (at > Number(leftOut) * 1e6) self.set(id, (self.get(id) ?? 0) + micros)
}

const isIdle = ({ callFrame }: Node) => /^\((idle|program|root)\)$/.test(callFrame.functionName)
const busy = profile.nodes.reduce((sum, node) => sum + (isIdle(node) ? 0 : (self.get(node.id) ?? 0)), 0)

function placeOf({ callFrame: { functionName, url, lineNumber } }: Node): string {
  const short = url.replace(/^.*node_modules\//, '').replace(/^file:\/\/.*\//, '')
  return `${functionName || '(anonymous)'}  ${short}:${lineNumber + 1}`
}
const packageOf = ({ callFrame: { functionName, url } }: Node): string =>
  /node_modules\/((@[^/]+\/)?[^/]+)/.exec(url)?.[1] ??
  (url.startsWith('node:') ? 'node' : url === '' ? functionName || 'native' : 'offdesk')

function print(title: string, sums: ReadonlyMap<string, number>): void {
  process.stdout.write(`\n${title}\n`)
  const sorted = [...sums].sort(([, a], [, b]) => b - a).slice(0, SHOWN)
  for (const [name, micros] of sorted)
    process.stdout.write(`${((micros / busy) * 100).toFixed(1).padStart(6)} %  ${name}\n`)
}

const add = (sums: Map<string, number>, name: string, micros: number) => sums.set(name, (sums.get(name) ?? 0) + micros)
const [functions, packages, whole] = [new Map<string, number>(), new Map<string, number>(), new Map<string, number>()]
for (const node of profile.nodes) {
  if (isIdle(node)) continue
  const micros = self.get(node.id) ?? 0
  add(functions, placeOf(node), micros)
  add(packages, packageOf(node), micros)
}

/** A function that calls itself counts once. */
function walk(node: Node, above: ReadonlySet<string>): number {
  const place = placeOf(node)
  let micros = isIdle(node) ? 0 : (self.get(node.id) ?? 0)
  const here = new Set(above).add(place)
  for (const id of node.children ?? []) {
    const child = byId.get(id)
    if (child) micros += walk(child, here)
  }
  if (!above.has(place)) add(whole, place, micros)
  return micros
}
const [top] = profile.nodes
if (top) walk(top, new Set())
process.stdout.write(`${path}: busy ${(busy / 1e6).toFixed(2)} s\n`)
print('by package, self', packages)
print('by function, self', functions)
print('with all that it calls', whole)
