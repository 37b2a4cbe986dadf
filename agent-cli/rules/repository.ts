// `.offdesk.json` of the repository that a session works in: it may take away, never give. A repository is hostile input: what it holds is looked at
// as bytes of a bounded plain file, and a file that cannot be obeyed closes the way instead of opening it.
import { constants } from 'node:fs'
import { open, realpath, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { z } from 'zod'
import { maxRuleFileBytes, RuleFileError, readRuleJson, ruleFields, saysOf } from './rule-file.ts'
import type { Source, Word } from './rules.ts'

export const REPOSITORY_FILE = '.offdesk.json'
const shape = z.strictObject(ruleFields)
const deepestFolder = 64

/** One word for each file from the repository's top down to the folder; without a repository only the folder's own. Never rejects. */
export async function repositoryWords(cwd: string): Promise<Word[]> {
  const words: Word[] = []
  // Where it is and not how it was named: the agent works there, and a link would pass over what stands above.
  const place = await realpath(cwd).catch(() => resolve(cwd))
  const folders = await foldersOf(place)
  if (folders === null) return [tooDeep(place)]
  for (const folder of folders) {
    const word = await wordOf(join(folder, REPOSITORY_FILE))
    if (word !== null) words.push(word)
  }
  return words
}

/** Null when neither a repository's top nor the disk's was come to: what stands above would be passed over. */
async function foldersOf(cwd: string): Promise<string[] | null> {
  const folders: string[] = []
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (folders.length === deepestFolder) return null
    folders.unshift(folder)
    const isTop = await stat(join(folder, '.git')).then(
      () => true,
      () => false,
    )
    if (isTop) return folders
    if (dirname(folder) === folder) return [cwd]
  }
}

const tooDeep = (cwd: string): Word => ({
  says: { remoteControl: 'OFF' },
  source: {
    ...{ level: 'repository', owner: 'whoever writes that repository' },
    remedy: 'Start the session in a folder further up; until then it goes on at this terminal.',
  },
  because: `${JSON.stringify(cwd)} is ${deepestFolder} folders deep and more, and what stands above that may not be passed over: it cannot be obeyed.`,
})

const sourceOf = (path: string): Source => ({
  level: 'repository',
  owner: 'whoever writes that repository',
  remedy: `Change ${JSON.stringify(path)} and start the session again; until then it goes on at this terminal.`,
})

async function wordOf(path: string): Promise<Word | null> {
  const source = sourceOf(path)
  try {
    const bytes = await bytesOf(path)
    return bytes === null ? null : { says: saysOf(readRuleJson(bytes, shape)), source }
  } catch (error) {
    const why = error instanceof RuleFileError ? error.message : 'it cannot be read'
    const because = `${JSON.stringify(path)} says what may be done from away here, and it cannot be obeyed: ${why}.`
    return { says: { remoteControl: 'OFF' }, source, because }
  }
}

/** Null where there is none. A link could point at any file of this person's, a pipe would hold the session up. */
async function bytesOf(path: string): Promise<Buffer | null> {
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
  let file: Awaited<ReturnType<typeof open>>
  try {
    file = await open(path, flags)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw new RuleFileError(code === 'ELOOP' ? 'it is a link' : 'it cannot be read')
  }
  try {
    const facts = await file.stat()
    if (!facts.isFile()) throw new RuleFileError('it is no plain file')
    if (facts.size > maxRuleFileBytes) throw new RuleFileError('it is too large')
    const buffer = Buffer.alloc(maxRuleFileBytes + 1)
    const { bytesRead } = await file.read(buffer, 0, buffer.byteLength, 0)
    if (bytesRead > maxRuleFileBytes) throw new RuleFileError('it is too large')
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}
