/** Where Offdesk keeps its things on this machine (docs/protocol.md §9). Makes no folder and reads no file. */
import { homedir } from 'node:os'
import { join } from 'node:path'

export type Places = {
  /** Everything below is inside it. */
  data: string
  server: string
  host: string
  sessions: string
  /** What the demo agent plays in. */
  scratch: string
}

/** `OFFDESK_DATA_DIR`, else the system's place for a user's data. */
export function places(env: NodeJS.ProcessEnv = process.env): Places {
  const data = env.OFFDESK_DATA_DIR ?? join(usersData(env), 'offdesk')
  return {
    data,
    server: join(data, 'server'),
    host: join(data, 'host'),
    sessions: join(data, 'sessions'),
    scratch: join(data, 'scratch'),
  }
}

function usersData(env: NodeJS.ProcessEnv): string {
  if (env.XDG_DATA_HOME) return env.XDG_DATA_HOME
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support')
  if (process.platform === 'win32') return env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local')
  return join(homedir(), '.local', 'share')
}
