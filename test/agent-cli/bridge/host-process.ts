// A host in a process of its own, for tests that kill it: one session with remote on. Says how remote and journal are, "ready <session id>", and then waits for its end.
import { createSession, type SessionOptions } from '../../../agent-cli/bridge/session.ts'

const options: SessionOptions = JSON.parse(process.argv[2] ?? '{}')
const session = await createSession(options)
let said = ''
session.subscribe(() => {
  const { remote, journal } = session.view()
  const now = `remote ${remote.state} ${remote.reason ?? ''}\njournal ${journal.state} ${journal.message ?? ''}\n`
  if (now !== said) process.stdout.write(now)
  said = now
})
await session.remote.on({ share: true })
process.stdout.write(`ready ${session.id}\n`)
// The test that started it is gone: so is its reason to live.
process.stdin.resume().on('end', () => process.exit(0))
