// All defects, those of the server first.
import type { Defect } from './defect.ts'
import { hostDefects } from './of-host.ts'
import { serverDefects } from './of-server.ts'

export const defects: readonly Defect[] = [...serverDefects, ...hostDefects]
