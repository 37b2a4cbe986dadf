/** A small file system of a test's own (tmpfs), where this user may mount one. What a killed process has left mounted is taken away by the next that asks. */
import { execFileSync } from 'node:child_process'
import { readFileSync, rmdirSync } from 'node:fs'

/** Mounts at a folder that exists and is empty; false where that is not possible. It is released with this process at the latest, whatever is open in it. */
export function mountSmallDisk(folder: string, bytes: number): boolean {
  if (process.platform !== 'linux') return false
  releaseStale()
  try {
    // Its source names its owner: whoever finds it can tell whether anybody needs it.
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, `${SOURCE}${process.pid}`, folder], {
      stdio: 'ignore',
    })
  } catch {
    return false
  }
  if (mounted.size === 0) process.once('exit', () => [...mounted].forEach(releaseSmallDisk))
  mounted.add(folder)
  return true
}

/** Also while files are open in it. Does nothing for one that is released already. */
export function releaseSmallDisk(folder: string): void {
  if (mounted.delete(folder)) unmount(folder)
}

const SOURCE = 'offdesk-test-'
const mounted = new Set<string>()

function unmount(folder: string): void {
  try {
    execFileSync('umount', ['-l', folder], { stdio: 'ignore' })
  } catch {
    // Somebody else was faster.
  }
}

function releaseStale(): void {
  for (const line of readFileSync('/proc/mounts', 'utf8').split('\n')) {
    const [source = '', folder = ''] = line.split(' ')
    if (!source.startsWith(SOURCE) || isAlive(Number(source.slice(SOURCE.length)))) continue
    unmount(folder)
    try {
      rmdirSync(folder)
    } catch {
      // It has been removed, or holds what its owner wants to look at.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
