// The main scene: a discount code for a small shop, from a question over a plan to a test that fails and is repaired.
import {
  cartWith,
  type Discount,
  discountAlone,
  discountTest,
  inWords,
  oneLine,
  readDiscount,
  shopFiles,
} from '../discount.ts'
import { changeMode, propose, showProgress } from '../plan.ts'
import type { Scratch } from '../scratch.ts'
import type { Sitting } from '../sitting.ts'
import { editFile, readFiles, runCommand } from '../tools.ts'
import type { Turn } from '../turn.ts'
import { nameAgents } from './farewell.ts'

export const testCommand = 'node --test --test-reporter=./colours.mjs'

/** Puts the project into the scratch folder, unless it is there. Not part of what undo takes back. */
export async function layOutShop({ scratch }: Sitting): Promise<void> {
  if ((await scratch.read('package.json')) === null) await layOutAfresh(scratch)
}

/** Puts the project back to its beginning, also where an earlier session has worked on it. */
async function layOutAfresh(scratch: Scratch): Promise<void> {
  await scratch.strike(['src/discount.js', 'test/discount.test.js'])
  for (const [file, text] of Object.entries(shopFiles)) await scratch.lay(file, text)
}

/** Plays the whole scene. `asked` is the person's prompt, quoted if it is about something else; null for /demo. */
export async function playShop(turn: Turn, asked: string | null): Promise<void> {
  const { sitting } = turn
  sitting.greeted = true
  await layOutAfresh(sitting.scratch)
  await turn.update({ sessionUpdate: 'session_info_update', title: 'A discount code for the shop' })
  await turn.think('A small shop project. I look at what is there before I ask anything.')
  await turn.say(
    `${asked ? `You wrote: “${oneLine(asked).slice(0, 120)}”. I follow a script and use no model, so I begin with a task I know. After it, type what you like.\n\n` : ''}` +
      `I add a discount code to a **small shop project** in \`${sitting.scratch.path}\`. The files and the commands are real, and none of your own files are touched.`,
  )
  await readFiles(turn, ['src/cart.js', 'test/cart.test.js'])
  await turn.spend(2_150)
  const discount = await chooseDiscount(turn)
  sitting.discount = discount
  if (sitting.mode === 'default') await changeMode(turn, 'plan')
  await turn.say(`Then the code \`${discount.code}\` gives **${inWords(discount)}**.`)
  await propose(turn, {
    heading: `Discount code ${discount.code}, ${inWords(discount)}`,
    steps: stepsFor(discount),
    wishes: [],
    go: (approved, wishes) => build(approved, discount, wishes),
  })
}

async function chooseDiscount(turn: Turn): Promise<Discount> {
  if (turn.sitting.mode === 'auto') {
    await turn.say('In autopilot I decide such things myself: 10 % off.')
    return readDiscount('percent-10', null)
  }
  if (!turn.sitting.canAsk) {
    await turn.say('I would ask you which discount to give, but this side cannot show questions. I take 10 % off.')
    return readDiscount('percent-10', null)
  }
  await turn.say('I have a question first. You can answer it here or on any paired phone; the first answer counts.')
  const answers = await turn.form('Which discount should a new customer get?', {
    type: 'object',
    properties: {
      discount: {
        type: 'string',
        title: 'Discount',
        oneOf: [
          { const: 'percent-10', title: '10 % off', description: 'Easy to give, hardly hurts.' },
          { const: 'percent-20', title: '20 % off', description: 'People notice it.' },
          { const: 'euros-5', title: '5 euros off', description: 'The same for small and large carts.' },
        ],
      },
      discount_custom: {
        type: 'string',
        title: 'Or in your own words',
        description: 'For example: 15 % with the code HELLO',
        maxLength: 300,
      },
    },
  })
  if (answers) return readDiscount(textOf(answers.discount), textOf(answers.discount_custom))
  await turn.say('No answer, so I take 10 % off.')
  return readDiscount('percent-10', null)
}

function textOf(answer: unknown): string | null {
  return typeof answer === 'string' && answer.trim() !== '' ? answer : null
}

function stepsFor(discount: Discount): string[] {
  return [
    `Teach the cart the code ${discount.code}`,
    'Write a test for it',
    'Run the tests and repair what fails',
    'Describe it in the README',
  ]
}

async function build(turn: Turn, discount: Discount, wishes: readonly string[]): Promise<void> {
  const steps = stepsFor(discount)
  await showProgress(turn, steps, 0)
  const written = await writeDiscount(turn, discount)
  if (!written) {
    await turn.update({ sessionUpdate: 'plan', entries: [] })
    return await nameAgents(turn)
  }
  await showProgress(turn, steps, 1)
  const tested = await editFile(
    turn,
    'test/discount.test.js',
    discountTest(discount, written),
    'a price that is easy to get wrong',
  )
  await showProgress(turn, steps, 2)
  if (tested) await prove(turn, discount, written)
  else await turn.say('Without the test I have nothing new to run, so the discount stays unproven.')
  await showProgress(turn, steps, 3)
  await describe(turn, discount, [...wishes, ...turn.takeWords().map(oneLine)])
  await showProgress(turn, steps, 4)
  await turn.spend(3_480)
  await turn.say(
    `Done. \`${discount.code}\` gives ${inWords(discount)}, in \`src/${written}\`.\n\n` +
      'You can go on: ask me to **explain** it, to **add** or **rename** something, to **undo** the last change, or type `/help`. `/long` runs a command that you can cancel.',
  )
  await nameAgents(turn)
}

/** Writes the discount where the person lets it be written; returns the file in src, or null if nowhere. */
async function writeDiscount(turn: Turn, discount: Discount): Promise<string | null> {
  await turn.say('First the cart itself.')
  if (await editFile(turn, 'src/cart.js', cartWith(discount, false), 'take a discount code')) return 'cart.js'
  await turn.say(
    'You would rather keep `cart.js` as it is. Then the discount goes into a file of its own that only imports the cart.',
  )
  if (await editFile(turn, 'src/discount.js', discountAlone(discount, false), 'the discount apart from the cart'))
    return 'discount.js'
  await turn.say(
    `I change nothing then. This is what I would have written, to use as you like:\n\n\`\`\`js\n${discountAlone(discount, true)}\`\`\``,
  )
  return null
}

/** Runs the tests, which fail on the cents, repairs that and runs them again. */
async function prove(turn: Turn, discount: Discount, written: string): Promise<void> {
  await turn.say('Now the tests.')
  const first = await runCommand(turn, testCommand, 'run the tests')
  if (!first) {
    return await turn.say(
      `I leave the tests to you: \`${testCommand}\` in \`${turn.sitting.scratch.path}\`. I expect one to fail on the cents.`,
    )
  }
  await turn.spend(1_920)
  if (first.exitCode === 0) return await turn.say('All green at once, nothing to repair.')
  await turn.think(
    'The price is off by a fraction of a cent. The arithmetic is right, binary fractions are not: it has to be rounded once, at the end.',
  )
  await turn.say(
    'One test fails: the price is off by a fraction of a cent, because JavaScript counts in binary fractions. I round once, at the end.',
  )
  const repaired = written === 'cart.js' ? cartWith(discount, true) : discountAlone(discount, true)
  if (!(await editFile(turn, `src/${written}`, repaired, 'round to whole cents'))) {
    return await turn.say('I leave it as it is. The test stays red until the price is rounded.')
  }
  const second = await runCommand(turn, testCommand, 'run the tests again')
  if (!second) return await turn.say('I have not run the tests again, so I cannot say that the repair holds.')
  await turn.say(
    second.exitCode === 0 ? 'All tests pass now.' : 'The tests still fail. I stop here, so that you can have a look.',
  )
}

async function describe(turn: Turn, discount: Discount, wishes: readonly string[]): Promise<void> {
  const noted = wishes.length > 0 ? `\n## Wishes\n\n${wishes.map((wish) => `- ${wish}`).join('\n')}\n` : ''
  const section = `\n## Discount\n\nThe code \`${discount.code}\` gives ${inWords(discount)}.\n${noted}`
  const before = (await turn.sitting.scratch.read('README.md')) ?? ''
  if (await editFile(turn, 'README.md', `${before.split('\n## Discount')[0]}${section}`, 'describe the discount')) {
    if (wishes.length > 0)
      await turn.say('What you asked for on the way stands in the README as well, so that it is not forgotten.')
  } else await turn.say('The README stays as it was.')
}
