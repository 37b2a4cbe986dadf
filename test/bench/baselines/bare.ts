/** `bare`: the relay without a store. Frozen. */
import { serveRelay } from './relay.ts'

serveRelay()
