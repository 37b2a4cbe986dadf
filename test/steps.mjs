// The steps behind `npm run check` and `npm test`: each prints one line and counts as one, vitest counts its tests. Plain Node.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, say } from '../agent-cli/launch/ready.mjs'

const bin = (name) => join(root, 'node_modules', '.bin', name)

/** Runs a command; resolves with its exit status and what it printed. */
export function capture(command, args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (output += chunk))
    child.on('error', (error) => resolve({ status: 1, output: String(error) }))
    child.on('close', (status) => resolve({ status: status ?? 1, output }))
  })
}

/** One check that passes or fails as a whole. */
export async function step(name, command, args) {
  const started = Date.now()
  const { status, output } = await capture(command, args)
  say(`${status === 0 ? 'passed' : 'FAILED'}  ${name}  ${((Date.now() - started) / 1000).toFixed(1)} s`)
  if (status !== 0) say(output.trimEnd())
  return { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 }
}

/** What has not changed since the last run is not checked again. */
const types = (project) => {
  const info = join(root, 'node_modules', '.cache', 'offdesk', `${project.replaceAll('/', '-')}.tsbuildinfo`)
  // The native compiler; the one of the older major is kept for tools that call it from JavaScript.
  return [
    join(root, 'node_modules', 'ts7', 'bin', 'tsc'),
    '--noEmit',
    '--incremental',
    '--tsBuildInfoFile',
    info,
    '-p',
    project,
  ]
}

export const typesAndDrift = [
  () => step('types: server, agent-cli, protocol, test', process.execPath, types('tsconfig.json')),
  () => step('types: pwa', process.execPath, types('pwa/tsconfig.json')),
  () => step('lint and format', bin('biome'), ['ci', '--error-on-warnings', '.']),
  () => step('schema drift', process.execPath, ['--import', 'tsx', 'test/drift-schema.ts']),
  () => step('migration drift', process.execPath, ['test/drift-migrations.mjs']),
]

/** Runs vitest projects with its own reporter on the screen and counts from its JSON report. */
export async function suites(...projects) {
  const folder = mkdtempSync(join(tmpdir(), 'offdesk-report-'))
  const report = join(folder, 'report.json')
  const args = [
    'run',
    '--config',
    'test/vitest.config.ts',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]
  const child = spawn(bin('vitest'), [...args, ...projects.flatMap((name) => ['--project', name])], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, FORCE_COLOR: process.env.CI ? '0' : '1' },
  })
  const status = await new Promise((resolve) => child.on('close', resolve))
  const counts = read(report, status)
  rmSync(folder, { recursive: true, force: true })
  return counts
}

function read(report, status) {
  try {
    const r = JSON.parse(readFileSync(report, 'utf8'))
    const broken = r.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length
    const failed = r.numFailedTests + broken
    return {
      passed: r.numPassedTests,
      failed: failed === 0 && status !== 0 ? 1 : failed,
      skipped: r.numPendingTests + r.numTodoTests,
    }
  } catch {
    say('FAILED  vitest ended without a report')
    return { passed: 0, failed: 1, skipped: 0 }
  }
}

/** The one plain line over everything; the exit status follows it. */
export function conclude(results) {
  const sum = (key) => results.reduce((total, result) => total + result[key], 0)
  const skipped = sum('skipped')
  process.stdout.write(`\n${sum('passed')} passed, ${sum('failed')} failed${skipped ? `, ${skipped} skipped` : ''}\n`)
  process.exitCode = sum('failed') === 0 && sum('passed') > 0 ? 0 : 1
}
