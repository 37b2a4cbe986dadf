import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openBodies } from './agent-cli/journal/bodies.ts'
import { openLog } from './agent-cli/journal/log.ts'
import { createHostLink } from './agent-cli/remote/host-link.ts'
import { createPusher } from './agent-cli/remote/pusher.ts'
import { enrolWithSetupCode } from './agent-cli/remote/enrolment.ts'
import { openIdentity } from './agent-cli/remote/identity.ts'
import { openSetup } from './server/auth/setup.ts'
import { startServer } from './test/kit/server.ts'
import { randomText } from './protocol/bytes.ts'
const N = Number(process.argv[2] ?? 100000)
const at = await startServer()
const dataDir = await mkdtemp(join(tmpdir(), 'xp-'))
const hostDir = join(dataDir, 'host')
await enrolWithSetupCode({ endpoint: { url: at.url }, identity: await openIdentity(hostDir), hostDir, name: 'd', setupCode: await at.database.transaction(openSetup) })
const log = await openLog(join(dataDir, 'events.log'))
const t0 = performance.now()
for (let n = 0; n < N; n += 5000) await Promise.all(Array.from({ length: 5000 }, (_, i) => log.append(1, { toolCallChanged: { toolCallId: 'long-call', status: 'in_progress', content: [{ type: 'content', block: { type: 'text', text: `${n + i}` } }] } })))
console.log('journalled', Math.round(performance.now() - t0))
const link = await createHostLink({ dataDir, endpoint: { url: at.url } })
const id = `ses_${randomText(17).slice(0, 22)}`
const cpu0 = process.cpuUsage(); const t1 = performance.now()
let calls = 0, inCall = 0
const call = link.callFor(id)
const timed = (async (d: any, v: any, o: any) => { const s = performance.now(); calls++; try { return await call(d, v, o) } finally { inCall += performance.now() - s } }) as typeof call
const pusher = createPusher({ call: timed, log, bodies: await openBodies(join(dataDir, 'b')), onChange() {}, start: () => ({ id, hostId: link.identity.hostId, epoch: 1, attachmentId: 'a', ceiling: 'STEER', cwd: '/', createdAt: new Date().toISOString(), agent: { id: 'x', name: 'X' } }) })
await pusher.flushed()
const cpu = process.cpuUsage(cpu0)
console.log('pushed', pusher.ackedSeq, Math.round(performance.now() - t1), 'ms; in calls', Math.round(inCall), 'calls', calls, 'cpu ms', Math.round((cpu.user + cpu.system) / 1000), pusher.state)
await pusher.close()
process.exit(0)
