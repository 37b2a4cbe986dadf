// The installed `offdesk`: looks at Node's version before anything is loaded that an old one cannot read. Knows no command.
import { requireNode } from './ready.mjs'

requireNode()
await import('../main.ts')
