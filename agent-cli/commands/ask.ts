/** A yes-or-no question to the person at the terminal. */
import { createInterface } from 'node:readline/promises'
import { plain } from '../terminal/plain-text.ts'
import { Mistake } from './mistake.ts'

/** True for y or yes. Throws Mistake without a terminal: nothing is answered for a person. */
export async function confirmed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new Mistake(`${question} This needs a person at a terminal; nothing was changed.`)
  const asking = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(es)?$/i.test((await asking.question(`${plain(question)} [y/N] `)).trim())
  } finally {
    asking.close()
  }
}
