// Small tasks on the shop, picked by what the person types. Each changes real files and can be refused.
import { randomUUID } from 'node:crypto'
import { inWords, oneLine } from '../discount.ts'
import { propose } from '../plan.ts'
import { editFile, readFiles, runCommand } from '../tools.ts'
import type { Turn } from '../turn.ts'
import { testCommand } from './shop.ts'

/** Reads the code and says in plain words what it does. Changes nothing. */
export async function explain(turn: Turn): Promise<void> {
  const files = (await turn.sitting.scratch.files()).filter((file) => file.startsWith('src'))
  await readFiles(turn, files)
  const { discount } = turn.sitting
  const code = discount && (await anyFileHas(turn, discount.code))
  await turn.say(
    '`total(items)` adds up price times quantity, in euros.' +
      (code
        ? ` \`totalWithCode(items, code)\` starts from that total, looks the code up and takes **${inWords(discount)}** for \`${discount.code}\`; an unknown code changes nothing. ` +
          'If the price is rounded, that happens once, at the end: rounding each item would add up to a different price.'
        : ' There is no discount in it at the moment.'),
  )
}

/** Runs the tests and says what came of it. */
export async function test(turn: Turn): Promise<void> {
  const ran = await runCommand(turn, testCommand, 'run the tests')
  if (!ran) return await turn.say('Not run. Nothing has changed.')
  await turn.say(
    ran.exitCode === 0
      ? 'All tests pass.'
      : 'Something fails; the output above says what. Type “undo” to take the last change back.',
  )
}

/** Takes back what the last task changed. It is the person's own order, so nothing is asked. */
export async function undo(turn: Turn): Promise<void> {
  const undone = await turn.sitting.scratch.undo()
  if (undone.length === 0)
    return await turn.say('There is nothing left to undo: the project is as it was at the start.')
  for (const { file, was, now } of undone) {
    const path = turn.sitting.scratch.absolute(file)
    await turn.update({
      sessionUpdate: 'tool_call',
      toolCallId: randomUUID(),
      title: now === null ? `Remove ${file}` : `Restore ${file}`,
      kind: now === null ? 'delete' : 'edit',
      status: 'completed',
      content: [{ type: 'diff', path, oldText: was, newText: now ?? '' }],
      locations: [{ path }],
    })
  }
  const files = [...new Set(undone.map(({ file }) => `\`${file}\``))].join(', ')
  await turn.say(`Taken back, as before the last task: ${files}. Type “undo” again to go back further.`)
}

/** Renames a name in every file: `rename total to sum`. */
export async function rename(turn: Turn, prompt: string): Promise<void> {
  const asked = /rename\s+[`'"“]?(\w+)[`'"”]?(?:\s*\(\))?\s+(?:to|into|as|in)\s+[`'"“]?(\w+)/i.exec(prompt)
  const from = asked?.[1] ?? 'total'
  const to = asked?.[2] ?? 'cartTotal'
  if (!/^[A-Za-z_]\w*$/.test(to))
    return await turn.say(`\`${to}\` cannot be a name in JavaScript. Try \`rename total to sum\`.`)
  const { scratch } = turn.sitting
  const name = new RegExp(`\\b${from}\\b`, 'g')
  let changed = 0
  let denied = 0
  for (const file of await scratch.files()) {
    const text = (await scratch.read(file)) ?? ''
    const next = file.endsWith('.js') ? text.replace(name, to) : text
    if (next === text) continue
    if (await editFile(turn, file, next, `rename ${from} to ${to}`)) changed++
    else denied++
  }
  if (changed + denied === 0) return await turn.say(`No file uses the name \`${from}\`. Try \`rename total to sum\`.`)
  const left =
    denied > 0
      ? ` You kept ${denied} as ${denied === 1 ? 'it was' : 'they were'}, so the old name is still in there and the tests may fail.`
      : ''
  await turn.say(`\`${from}\` is now \`${to}\` in ${changed} ${changed === 1 ? 'file' : 'files'}.${left}`)
  if (changed > 0) await test(turn)
}

/** Anything else: a feature switch named after the person's words, with a test. In plan mode a plan comes first. */
export async function addSwitch(turn: Turn, prompt: string): Promise<void> {
  const words =
    oneLine(prompt).replace(/^(please\s+)?(add|make|create|build|implement|write|plan)\b\s*/i, '') || 'something new'
  const name = camelCase(words)
  await turn.think(
    `Without a model I cannot write “${words.slice(0, 80)}” itself. I can prepare its place: a switch that is off, and a test for that.`,
  )
  if (turn.sitting.mode !== 'plan') return await writeSwitch(turn, name, words, [])
  await propose(turn, {
    heading: words.charAt(0).toUpperCase() + words.slice(1, 80),
    steps: [`Register a switch ${name}, off`, 'Test that it is off', 'Run the tests'],
    wishes: [],
    go: (approved, wishes) => writeSwitch(approved, name, words, wishes),
  })
}

async function writeSwitch(turn: Turn, name: string, words: string, wishes: readonly string[]): Promise<void> {
  const { scratch } = turn.sitting
  await turn.say(
    `I follow a script and cannot build this itself. I prepare its place: a switch \`${name}\` that is off until somebody builds it.`,
  )
  const before =
    (await scratch.read('src/features.js')) ??
    '// Features by name; off until they are built.\nexport const features = {\n}\n'
  if (new RegExp(`^  ${name}:`, 'm').test(before))
    return await turn.say(`The switch \`${name}\` is already there, so I change nothing.`)
  const notes = [words, ...wishes].map((note) => `  // ${note}\n`).join('')
  const file = before.replace(/\}\n$/, `${notes}  ${name}: false,\n}\n`)
  if (!(await editFile(turn, 'src/features.js', file, `a switch ${name}`))) {
    const noted = await editFile(
      turn,
      'NOTES.md',
      `${(await scratch.read('NOTES.md')) ?? '# Notes\n\n'}- ${words}\n`,
      'only note it down',
    )
    return await turn.say(noted ? 'Then only a note in `NOTES.md`; no code has changed.' : 'Nothing has changed.')
  }
  const proof = `import assert from 'node:assert/strict'\nimport { test } from 'node:test'\nimport { features } from '../src/features.js'\n\ntest('${name} is off until it is built', () => {\n  assert.equal(features.${name}, false)\n})\n`
  if (await editFile(turn, `test/${name}.test.js`, proof, 'prove that it is off')) await test(turn)
  else await turn.say('No test then; the switch is there all the same.')
}

async function anyFileHas(turn: Turn, text: string): Promise<boolean> {
  const { scratch } = turn.sitting
  for (const file of await scratch.files())
    if (file.startsWith('src') && (await scratch.read(file))?.includes(text)) return true
  return false
}

function camelCase(words: string): string {
  const parts = (words.toLowerCase().match(/[a-z][a-z0-9]*/g) ?? []).filter(
    (word) => !/^(an?|the|to|of|for|and|that|with|my|me)$/.test(word),
  )
  const name = parts
    .slice(0, 4)
    .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('')
  return name === '' ? 'newFeature' : `${name}Enabled`
}
