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

/** Throws when what is to be replaced is not there exactly once: the code has moved and the defect must follow. Returns the way back. */
export async function inject(
  folder: string,
  { name, edits }: Pick<Defect, 'name' | 'edits'>,
): Promise<() => Promise<void>> {
  const before = new Map<string, string>()
  for (const { file, find, replace } of edits) {
    const path = join(folder, file)
    const text = await readFile(path, 'utf8')
    const times = text.split(find).length - 1
    if (times !== 1) throw new Error(`“${name}”: what it replaces is ${times} times in ${file}; the code has moved`)
    if (!before.has(path)) before.set(path, text)
    await writeFile(
      path,
      text.replace(find, () => replace),
    )
  }
  return async () => {
    for (const [path, text] of before) await writeFile(path, text)
  }
}

/** Safety polls of a server heal what a forgotten ring has broken before anybody can see it: in every copy they wait for good. */
export const withoutNets: readonly Edit[] = [
  {
    ...{ file: 'server/graphql/event-feeds.ts' },
    ...{ find: 'const SAFETY_SECONDS = 10', replace: 'const SAFETY_SECONDS = 3600' },
  },
  {
    ...{ file: 'server/live/tail.ts' },
    ...{ find: 'safetySeconds = 15 }', replace: 'safetySeconds = 3600 }' },
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
