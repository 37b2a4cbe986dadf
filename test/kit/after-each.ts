/**
 * Loaded anew for each test file. Where files share a process a room is loaded once, and a hook of its own would be heard in the first file
 * alone: so the one hook for what tests have opened stands here.
 */
import { afterEach } from 'vitest'
import { endAll } from './ends.ts'

afterEach(endAll)
