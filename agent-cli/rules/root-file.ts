// A file that only the administrator of this machine can have written: read when that is certain, refused with the reason when it is not. Knows no content.
import { constants, type Stats } from 'node:fs'
import { lstat, open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { maxRuleFileBytes, RuleFileError } from './rule-file.ts'

/** Null where there is none. Throws RuleFileError when somebody but `ownerUid` could have written it, or put another in its place. */
export async function readRootFile(path: string, ownerUid = 0, maxBytes = maxRuleFileBytes): Promise<Buffer | null> {
  let file: Awaited<ReturnType<typeof open>>
  try {
    file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw new RuleFileError(code === 'ELOOP' ? 'it is a link' : `it cannot be read (${code ?? 'no reason given'})`)
  }
  try {
    const facts = await file.stat()
    if (!facts.isFile()) throw new RuleFileError('it is no plain file')
    requireOwner(facts, ownerUid, 'it')
    for (let folder = dirname(path); ; folder = dirname(folder)) {
      // The folder that counts is the one the name leads to.
      const link = await lstat(folder)
      requireOwner(link.isSymbolicLink() ? await stat(folder) : link, ownerUid, `its folder ${folder}`)
      if (dirname(folder) === folder) break
    }
    if (facts.size > maxBytes) throw new RuleFileError('it is too large')
    return await file.readFile()
  } finally {
    await file.close()
  }
}

/** On Windows who may write is not in the mode: the registry's policy key is the way there. */
function requireOwner(facts: Stats, ownerUid: number, what: string): void {
  // The top of a container may belong to nobody in particular; what no one but root may write to is root's all the same.
  if (facts.uid !== ownerUid && facts.uid !== 0)
    throw new RuleFileError(`${what} belongs to user ${facts.uid}, not to root`)
  const isShared = (facts.mode & 0o022) !== 0
  // In a sticky folder (/tmp) nobody renames what is another's: only the folder's own entries could be replaced by their owner.
  const isSticky = facts.isDirectory() && (facts.mode & 0o1000) !== 0
  if (isShared && !isSticky) throw new RuleFileError(`${what} can be written by others than root`)
}
