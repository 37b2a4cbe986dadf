/** PostgreSQL as a process that can be killed, frozen, copied and put back. With fsync, as an owner runs it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { chownSync, cpSync, existsSync, lchownSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import postgres from 'postgres'
import { findBinaries, ready, run, unprivilegedUser } from '../kit/postgres.ts'
import { passes } from './process.ts'
import { freePort } from './server-process.ts'

export type PostgresProcess = {
  readonly url: string
  readonly version: string
  start(): Promise<void>
  /** Its owner's stop: those connected are cut off. */
  stop(): Promise<void>
  /** kill -9 of all its processes. */
  kill(): Promise<void>
  signal(signal: NodeJS.Signals): void
  /** Both only while it is stopped. */
  copyTo(folder: string): void
  putBack(folder: string): void
}

export async function createPostgres(folder: string): Promise<PostgresProcess> {
  const bin = findBinaries()
  const user = process.getuid?.() === 0 ? unprivilegedUser() : null
  mkdirSync(folder, { recursive: true })
  if (user) chownSync(folder, user.uid, user.gid)
  const data = join(folder, 'data')
  const as = { cwd: folder, ...(user && { uid: user.uid, gid: user.gid }), env: { ...process.env, LC_ALL: 'C' } }
  await run(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'], as)
  const port = await freePort()
  const settings = ['fsync=on', 'max_connections=60', 'shared_buffers=64MB', 'unix_socket_directories=']
  const args = ['-D', data, '-h', '127.0.0.1', '-p', String(port), ...settings.flatMap((one) => ['-c', one])]
  let child: ChildProcess | null = null
  let ended: Promise<void> = Promise.resolve()
  const all = (signal: NodeJS.Signals) => {
    try {
      // A group of its own: the postmaster and every backend.
      if (child?.pid !== undefined) process.kill(-child.pid, signal)
    } catch {
      // It has ended meanwhile.
    }
  }
  process.once('exit', () => all('SIGKILL'))

  async function start(): Promise<void> {
    const deadline = performance.now() + 20_000
    for (;;) {
      const one = spawn(join(bin, 'postgres'), args, { ...as, detached: true, stdio: ['ignore', 'ignore', 'pipe'] })
      child = one
      ended = new Promise((resolve) => one.once('exit', () => resolve()))
      try {
        return await ready(one)
      } catch (error) {
        if (performance.now() > deadline) throw error
        await passes(200)
      }
    }
  }

  await start()
  const url = (name: string) => `postgres://postgres@127.0.0.1:${port}/${name}`
  const admin = postgres(url('postgres'), { max: 1, onnotice: () => {} })
  const [row] = await admin<{ version: string }[]>`select version()`
  await admin`create database offdesk`
  await admin.end({ timeout: 5 })

  return {
    url: url('offdesk'),
    version: /PostgreSQL \S+/.exec(row?.version ?? '')?.[0] ?? '',
    start,
    async stop() {
      child?.kill('SIGINT')
      await ended
    },
    async kill() {
      all('SIGKILL')
      await ended
    },
    signal: all,
    copyTo(to) {
      rmSync(to, { recursive: true, force: true })
      cpSync(data, to, { recursive: true, preserveTimestamps: true })
    },
    putBack(from) {
      if (!existsSync(from)) throw new Error('there is no copy of the database')
      rmSync(data, { recursive: true, force: true })
      cpSync(from, data, { recursive: true, preserveTimestamps: true })
      if (user) giveTo(data, user)
    },
  }
}

/** A copy made by root belongs to root, and PostgreSQL refuses it. */
function giveTo(path: string, user: { uid: number; gid: number }): void {
  chownSync(path, user.uid, user.gid)
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const inner = join(path, entry.name)
    if (entry.isDirectory()) giveTo(inner, user)
    else lchownSync(inner, user.uid, user.gid)
  }
}
