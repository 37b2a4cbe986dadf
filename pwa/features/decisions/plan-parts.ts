// A plan's text cut into parts that can be commented: each block, and each item of a list of steps. Joined they are the plan.
import { Lexer, type Token, type Tokens } from 'marked'

export type PlanPart = {
  /** Its place; stable for one text. */
  id: string
  /** The number of a step, when the plan numbers it. */
  number: number | null
  /** How a comment names it: the first line without its signs, at most 80 characters. */
  name: string
  /** Markdown. */
  text: string
  kind: 'step' | 'text'
}

const LONGEST_NAME = 80

const nameOf = (text: string): string => {
  const line = text
    .split('\n')
    .map((row) =>
      row
        .replace(/^[\s>#*+-]*(\d+[.)]\s+)?(\[[ xX]\]\s*)?/, '')
        .replaceAll(/[*_`~]/g, '')
        .trim(),
    )
    .find((row) => row !== '')
  return (line ?? 'this part').slice(0, LONGEST_NAME)
}

const itemsOf = (list: Tokens.List, at: number): PlanPart[] =>
  list.items.map((item, index) => {
    const number = list.ordered ? Number(list.start === '' ? 1 : list.start) + index : null
    const name = nameOf(item.text)
    return {
      id: `${at}.${index}`,
      number,
      name: number === null ? name : `${number}. ${name}`,
      text: item.text,
      kind: 'step',
    }
  })

/** Never empty: a plan that cannot be cut is one part. */
export function planParts(plan: string): PlanPart[] {
  let tokens: Token[]
  try {
    tokens = new Lexer({ gfm: true }).lex(plan)
  } catch {
    tokens = []
  }
  const parts = tokens.flatMap((token, at): PlanPart[] => {
    if (token.type === 'space' || token.type === 'def') return []
    if (token.type === 'list') return itemsOf(token as Tokens.List, at)
    return [{ id: String(at), number: null, name: nameOf(token.raw), text: token.raw, kind: 'text' }]
  })
  return parts.length > 0 ? parts : [{ id: '0', number: null, name: 'the plan', text: plan, kind: 'text' }]
}

/** `5 steps`: what an inbox row says of a plan. */
export function planSummary(plan: string | null): string {
  if (plan === null) return 'The agent gave no text with it'
  const steps = planParts(plan).filter((part) => part.kind === 'step').length
  if (steps === 0) return 'Open to read it'
  return steps === 1 ? '1 step' : `${steps} steps`
}
