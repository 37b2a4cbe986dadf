// The operations of our own page and command, as they stand in the sources: what a built server takes from them (docs/decisions/0016). Plain Node.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Kind, parse, print } from 'graphql'
import { root } from './ready.mjs'

/** Houses whose documents are known; names of fragments are unique in each. */
const HOUSES = ['pwa', 'agent-cli']

/** One text for each operation, its fragments with it. Throws for a document that is made at run time: nobody could know it. */
export function ownDocuments() {
  return HOUSES.flatMap((house) => documentsOf(sourcesOf(join(root, house))))
}

function documentsOf(sources) {
  const fragments = new Map()
  const operations = []
  for (const { path, text } of sources)
    for (const [call, template] of text.matchAll(/\bgraphql\(\s*(?:`([^`]*)`)?/g)) {
      if (template === undefined) {
        // Words about it, in a comment.
        if (/`graphql\(\.\.\.\)`/.test(text)) continue
        throw new Error(`${path}: the document of ${call} is no plain template`)
      }
      if (template.includes('${')) throw new Error(`${path}: a document is put together at run time`)
      for (const one of parse(template, { noLocation: true }).definitions) {
        if (one.kind !== Kind.FRAGMENT_DEFINITION) operations.push(one)
        else if (fragments.has(one.name.value)) throw new Error(`${path}: a second fragment ${one.name.value}`)
        else fragments.set(one.name.value, one)
      }
    }
  return operations.map((operation) => [operation, ...spread(operation, fragments)].map(print).join('\n\n'))
}

function spread(definition, fragments, seen = new Set()) {
  for (const name of print(definition).matchAll(/\.\.\.(\w+)(?=[\s}])/g)) {
    const fragment = fragments.get(name[1])
    if (!fragment || name[1] === 'on' || seen.has(fragment)) continue
    seen.add(fragment)
    spread(fragment, fragments, seen)
  }
  return [...seen]
}

function sourcesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }))
}
