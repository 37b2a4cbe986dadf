// `npm test`: everything `npm run check` does, then both databases through one contract suite, then real Chromium. Installs what is missing.
import { buildIfStale, installPackages, requireNode } from '../agent-cli/launch/ready.mjs'
import { conclude, suites, typesAndDrift } from './steps.mjs'

requireNode()
installPackages()
buildIfStale()
const { findOrInstallChromium } = await import('./kit/chromium.mjs')
process.env.OFFDESK_CHROMIUM = findOrInstallChromium()
const results = []
for (const next of typesAndDrift) results.push(await next())
results.push(await suites('unit', 'walks', 'page', 'long', 'flow', 'faults', 'contract', 'browser'))
conclude(results)
