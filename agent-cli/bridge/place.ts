// The repository and branch a folder is in, read from git's files: no program is run, so nothing a repository configures is either.
import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'

export type Place = { readonly repository: string | null; readonly branch: string | null }

/** Never rejects; what cannot be read is null. A detached head is its first seven digits. */
export async function placeOf(cwd: string): Promise<Place> {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const head = await headOf(join(folder, '.git'))
    if (head !== null) {
      const branch = /^ref: refs\/heads\/(.+)$/.exec(head)?.[1] ?? head.slice(0, 7)
      return { repository: basename(folder), branch }
    }
    if (dirname(folder) === folder) return { repository: null, branch: null }
  }
}

async function headOf(git: string): Promise<string | null> {
  try {
    // In a worktree `.git` is a file that says where the real one is.
    const isFile = (await stat(git)).isFile()
    const to = isFile ? resolve(dirname(git), (await readFile(git, 'utf8')).replace(/^gitdir:\s*/, '').trim()) : git
    return (await readFile(join(to, 'HEAD'), 'utf8')).trim()
  } catch {
    return null
  }
}
