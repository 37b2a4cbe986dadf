// The scripted agent's process: a pipe between its stdio and the test that controls it. Knows no ACP at all.
import { spawn } from 'node:child_process'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import type { Obedience, Order, Report } from './wire.ts'

const { port, token, onStdinClosed, onSigterm }: Obedience = JSON.parse(process.env.OFFDESK_SCRIPTED_AGENT ?? '{}')
const control = connect(port, '127.0.0.1')
const report = (what: Report): void => void control.write(`${JSON.stringify(what)}\n`)

// Without its test this process has no reason to live: no run may leave one behind.
control.on('close', () => process.exit(0))
control.on('error', () => process.exit(70))
process.stdout.on('error', () => {})
process.on('SIGTERM', () => {
  report({ kind: 'signal', signal: 'SIGTERM' })
  if (onSigterm === 'leaves') process.exit(0)
})

control.on('connect', () => {
  report({ kind: 'hello', token, pid: process.pid, cwd: process.cwd(), args: process.argv.slice(2) })
  const input = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })
  input.on('line', (text) => report({ kind: 'line', text }))
  input.on('close', () => {
    report({ kind: 'stdinClosed' })
    if (onStdinClosed === 'leaves') control.end(() => process.exit(0))
  })
})

createInterface({ input: control }).on('line', (line) => {
  const order: Order = JSON.parse(line)
  switch (order.order) {
    case 'write':
      process.stdout.write(Buffer.from(order.base64, 'base64'))
      break
    case 'complain':
      process.stderr.write(order.text)
      break
    case 'exit':
      process.exit(order.code)
      break
    case 'signal':
      process.kill(process.pid, order.signal)
      break
    case 'hang':
      // Blocks every read and timer without burning a core; bounded, should even SIGKILL never come.
      control.write(`${JSON.stringify({ kind: 'hanging' } satisfies Report)}\n`, () => {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, order.seconds * 1000)
      })
      break
    case 'spawn': {
      const script = `setTimeout(() => {}, ${order.seconds * 1000})`
      const child = spawn(process.execPath, ['-e', script], { detached: order.detached, stdio: 'ignore' })
      child.unref()
      report({ kind: 'spawned', id: order.id, pid: child.pid ?? -1 })
    }
  }
})
