// Short scenes that each show one thing: help, a large form, a long command to cancel, an error.
import { RequestError } from '@agentclientprotocol/sdk'
import { oneLine } from '../discount.ts'
import { runCommand } from '../tools.ts'
import type { Turn } from '../turn.ts'

export async function help(turn: Turn): Promise<void> {
  await turn.say(
    'I am the demo agent of Offdesk. I need no key and no network: what I say is scripted, what I do is real, inside my scratch folder. Usage and cost are pretended.\n\n' +
      '- `/demo` plays the discount task again\n- `/plan` followed by a wish plans before it works\n- `/ask` shows a form with several kinds of fields\n' +
      '- `/long` runs a command for a minute, to be cancelled\n- `/fail` ends with an error\n- `/agents` lists the agents installed here\n\n' +
      'Or type: `explain`, `test`, `undo`, `rename total to sum`, `add gift wrapping`. While I work you can send words that reach me at once.',
  )
}

/** A form with every kind of field, and what was answered. */
export async function askForm(turn: Turn): Promise<void> {
  if (!turn.sitting.canAsk) return await turn.say('This side cannot show questions, so there is nothing to ask.')
  const answers = await turn.form('Tell me about the shop. Every field may stay empty.', {
    type: 'object',
    properties: {
      name: { type: 'string', title: 'Name of the shop', maxLength: 60 },
      goods: {
        type: 'array',
        title: 'What it sells',
        items: {
          anyOf: [
            { const: 'bread', title: 'Bread' },
            { const: 'books', title: 'Books' },
            { const: 'bicycles', title: 'Bicycles' },
          ],
        },
      },
      staff: { type: 'integer', title: 'People who work there', minimum: 0, maximum: 500 },
      open: { type: 'boolean', title: 'Open on Sundays' },
    },
  })
  if (!answers) return await turn.say('You skipped the form, and that is fine.')
  const given = Object.entries(answers).map(
    ([field, answer]) => `| ${field} | ${oneLine(String(answer)).replaceAll('|', '/')} |`,
  )
  await turn.say(
    given.length > 0
      ? `This is what reached me:\n\n| Field | Answer |\n| --- | --- |\n${given.join('\n')}`
      : 'The form came back empty.',
  )
}

/** Counts for a minute. It ends by itself when its input closes, so nothing stays behind whatever happens to the demo. */
export async function runLong(turn: Turn): Promise<void> {
  const file = turn.sitting.scratch.absolute('long.mjs')
  await turn.sitting.scratch.lay('long.mjs', longScript)
  await turn.say('I start a command that takes a minute. Cancel the turn whenever you like: the command ends with it.')
  const ran = await runCommand(turn, `node ${file.includes(' ') ? `"${file}"` : 'long.mjs'}`, 'count to sixty')
  await turn.say(ran ? 'It has counted to sixty and ended by itself.' : 'Not started.')
}

const longScript = `process.stdin.resume().on('end', () => process.exit(1)).on('error', () => process.exit(1))
let second = 0
const step = () => {
  second += 1
  console.log(\`\\u001b[36m\${second}\\u001b[0m of 60\`)
  if (second >= 60) process.exit(0)
}
step()
setInterval(step, 1000)
`

/** Ends the turn with a JSON-RPC error, as an agent does whose model cannot be reached. */
export async function fail(turn: Turn): Promise<never> {
  await turn.say('I pretend that the model cannot be reached.')
  throw new RequestError(
    -32603,
    'The model could not be reached (this is what /fail is for). Send another prompt to go on.',
  )
}
