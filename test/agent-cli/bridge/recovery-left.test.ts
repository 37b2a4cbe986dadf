import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { recoverSessions } from '../../../agent-cli/bridge/recovery.ts'
import { mintSessionId } from '../../../agent-cli/journal/session-folder.ts'
import type { HostLink } from '../../../agent-cli/remote/host-link.ts'
import { folder } from './desk.ts'

test('[C4] a session whose journal cannot be opened is named with what to do, and does not keep the others from being looked at', async () => {
  const dataDir = await folder()
  const ids = [mintSessionId(), mintSessionId()].sort()
  for (const id of ids) {
    const at = join(dataDir, 'sessions', id)
    await mkdir(at, { recursive: true })
    // Of a process that is no more, and facts that nobody can read.
    await writeFile(join(at, 'lock.1'), JSON.stringify({ pid: 2 ** 30, startedAt: 'long ago' }))
    await writeFile(join(at, 'meta.json'), '{"id":')
  }
  const said: string[] = []
  const { signal } = new AbortController()
  const told = await recoverSessions({
    dataDir,
    link: {} as HostLink,
    signal,
    onLeft: (sentence) => void said.push(sentence),
  })
  expect(told).toEqual([])
  expect(said).toHaveLength(2)
  for (const [at, id] of ids.entries())
    expect(said[at]).toMatch(new RegExp(`${id}.*meta\\.json is damaged.*remove its folder`))
})
