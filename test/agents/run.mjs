// `npm run test:agents`: installs two third-party agents outside this tree and drives them from a phone against a scripted model. Plain Node.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { buildIfStale, fail, installPackages, requireNode, say } from '../../agent-cli/launch/ready.mjs'
import { conclude, suites } from '../steps.mjs'

const PACKAGES = ['opencode-ai@1.18.33', '@agentclientprotocol/claude-agent-acp@0.100.0']
const folder =
  process.env.OFFDESK_TEST_AGENTS ??
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'offdesk-test-agents')

requireNode()
installPackages()
buildIfStale()
const isInstalled = ['opencode', 'claude-agent-acp'].every((name) =>
  existsSync(join(folder, 'node_modules', '.bin', name)),
)
if (!isInstalled) {
  say(`Installing ${PACKAGES.join(' and ')} into ${folder} (about 700 MB, a few minutes) …`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{"private":true}\n')
  // The agents' own engines fields are stricter than what they run on.
  const { status } = spawnSync(
    'npm',
    ['install', '--no-audit', '--no-fund', '--engine-strict=false', '--loglevel=error', ...PACKAGES],
    { cwd: folder, stdio: ['ignore', 2, 2] },
  )
  if (status !== 0)
    fail(
      `The agents could not be installed into ${folder}. Read the lines above, mend it and run npm run test:agents again.`,
    )
}
process.env.OFFDESK_TEST_AGENTS = folder
const { findOrInstallChromium } = await import('../kit/chromium.mjs')
process.env.OFFDESK_CHROMIUM = findOrInstallChromium()
conclude([await suites('agents')])
