// `npm run check`: types, lint and format, schema and migration drift, unit and flow tests. About a minute.
import { installPackages, requireNode } from '../agent-cli/launch/ready.mjs'
import { conclude, suites, typesAndDrift } from './steps.mjs'

requireNode()
installPackages()
const results = []
// Two at a time: the machine this is measured on has two cores.
const queue = [...typesAndDrift]
await Promise.all(
  [0, 1].map(async () => {
    for (let next = queue.shift(); next; next = queue.shift()) results.push(await next())
  }),
)
results.push(await suites('unit', 'page', 'flow'))
conclude(results)
