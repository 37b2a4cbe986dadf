// Puts each defect into a copy of the tree and lets the real driver look for it. The checkout itself is never changed.
import { spawn } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Driven, Series } from '../real/drive.ts'
import type { Defect, Edit } from './defect.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const needed = ['server', 'agent-cli', 'protocol', 'test/kit', 'test/model', 'package.json', 'tsconfig.json', 'LICENSE']

export type Task = {
  seed: number
  histories: number | readonly Series[]
  milliseconds: number
  databaseUrl: string | null
}

/** A copy of what the driver needs, and its removal. */
export async function copyTree(): Promise<{ folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'offdesk-defect-'))
  for (const path of needed) await cp(join(root, path), join(folder, path), { recursive: true })
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) }
}

type Texts = ReadonlyMap<string, { before: string; after: string }>

/** The files of the checkout, or of a copy, with the defect in them. Throws when what it replaces is not there exactly once: the code has moved, and it must follow. */
export async function broken({ name, edits }: Pick<Defect, 'name' | 'edits'>, folder: string = root): Promise<Texts> {
  const texts = new Map<string, { before: string; after: string }>()
  for (const { file, find, replace } of edits) {
    const path = join(folder, file)
    const known = texts.get(path)
    const text = known?.after ?? (await readFile(path, 'utf8'))
    const times = text.split(find).length - 1
    if (times !== 1) throw new Error(`“${name}”: what it replaces is ${times} times in ${file}; the code has moved`)
    texts.set(path, { before: known?.before ?? text, after: text.replace(find, () => replace) })
  }
  return texts
}

/** Writes it there, and returns the way back. */
export async function inject(folder: string, defect: Pick<Defect, 'name' | 'edits'>): Promise<() => Promise<void>> {
  const texts = await broken(defect, folder)
  for (const [path, { after }] of texts) await writeFile(path, after)
  return async () => {
    for (const [path, { before }] of texts) await writeFile(path, before)
  }
}

/** Safety polls of a server heal what a forgotten ring has broken before anybody can see it: in every copy they wait for good. */
export const withoutNets: readonly Edit[] = [
  {
    ...{ file: 'server/graphql/event-feeds.ts' },
    ...{ find: 'const SAFETY_SECONDS = 10', replace: 'const SAFETY_SECONDS = 3600' },
  },
  {
    ...{ file: 'server/graphql/list-feeds.ts' },
    ...{ find: 'const SAFETY_SECONDS = 15', replace: 'const SAFETY_SECONDS = 3600' },
  },
]

/** What the driver of that tree found; null when it did not end in time or ended without a word. */
export function drives(folder: string, task: Task): Promise<Driven | { failed: string }> {
  return new Promise((resolve) => {
    const args = ['--import', 'tsx', join(folder, 'test/model/real/main.ts'), JSON.stringify(task)]
    const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
    let [out, err] = ['', '']
    child.stdout.on('data', (chunk) => {
      out += chunk
    })
    child.stderr.on('data', (chunk) => {
      err += chunk
    })
    const timer = setTimeout(() => child.kill('SIGKILL'), task.milliseconds + 60_000)
    child.on('close', () => {
      clearTimeout(timer)
      try {
        resolve(JSON.parse(out.trim().split('\n').at(-1) ?? '') as Driven)
      } catch {
        resolve({ failed: err.trim().split('\n').slice(-12).join('\n').slice(0, 1_500) || 'it did not end in time' })
      }
    })
  })
}
