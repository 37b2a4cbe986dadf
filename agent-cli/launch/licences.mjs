// The licences of what a build has taken in: whoever ships a package's code ships its notice.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './ready.mjs'

/** The package folders among module paths, relative to the root or absolute. */
export function packagesOf(paths) {
  const found = new Set()
  for (const path of paths) {
    const [, folder] =
      /^.*?(node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)\//.exec(path.replaceAll('\\', '/')) ?? []
    if (folder) found.add(folder)
  }
  return found
}

/** One text: each package with its version and its licence file, or the name of its licence where it has no file. */
export function licencesText(folders) {
  const parts = [...folders].sort().map((folder) => {
    const place = join(root, folder)
    if (!existsSync(join(place, 'package.json'))) return null
    const { name, version, license } = JSON.parse(readFileSync(join(place, 'package.json'), 'utf8'))
    const file = readdirSync(place).find((one) => /^licen[cs]e/i.test(one))
    const text = file ? readFileSync(join(place, file), 'utf8').trim() : `Licence: ${license}`
    return `${name} ${version}\n\n${text}\n`
  })
  return parts.filter((part) => part !== null).join(`\n${'-'.repeat(80)}\n\n`)
}
