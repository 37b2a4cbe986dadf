// The prompts a scripted agent has been given and how each ends, according to its manner. Knows no transport.
import { type Arrivals, createArrivals } from './arrivals.ts'
import type { Manner } from './manner.ts'
import { type Id, type Incoming, isJson, type Json, type Rpc } from './rpc.ts'

/** A prompt that has arrived. */
export interface Prompted {
  readonly sessionId: string
  readonly content: readonly unknown[]
  /** Its text blocks, joined. */
  readonly text: string
  readonly ended: boolean
}

export interface Turns {
  readonly arrived: Arrivals<Prompted>
  take(rpc: Rpc, incoming: Incoming, id: Id): void
  /** Ends the oldest open prompt; with the manner `joins`, all of them. Throws if none is open. */
  end(answer: Json): void
  fail(error: { code: number; message: string; data?: unknown }): void
  cancelAll(): void
  anyOpen(): boolean
  /** Drops what is open without an answer: its process is gone. */
  forget(): void
}

export function createTurns(manner: Manner): Turns {
  const arrived = createArrivals<Prompted>('a prompt')
  const open: { prompt: Prompted & { ended: boolean }; settle(answer: Json): void; fail(error: Json): void }[] = []
  let broken = false
  const next = () => {
    const first = open.shift()
    if (!first) throw new Error('no prompt is open')
    first.prompt.ended = true
    return first
  }
  return {
    arrived,
    take(rpc, { params }, id) {
      if (broken || (open.length > 0 && manner.midTurn === 'breaks')) {
        broken = true
        return rpc.replyError(id, { code: -32603, message: 'session not found' })
      }
      if (open.length > 0 && manner.midTurn === 'folds') next().settle({ stopReason: 'end_turn' })
      if (open.length > 0 && manner.midTurn === 'cancelsFirst') next().settle({ stopReason: 'cancelled' })
      const content = Array.isArray(params.prompt) ? params.prompt : []
      const prompt = { sessionId: String(params.sessionId), content, text: textOf(content), ended: false }
      open.push({
        prompt,
        settle: (answer) => rpc.reply(id, answer),
        fail: ({ code, message, data }) =>
          rpc.replyError(id, { code: Number(code), message: String(message), ...(data === undefined ? {} : { data }) }),
      })
      arrived.push(prompt)
    },
    end(answer) {
      next().settle(answer)
      while (manner.midTurn === 'joins' && open.length > 0) next().settle(answer)
    },
    fail: (error) => next().fail({ ...error }),
    anyOpen: () => open.length > 0,
    forget() {
      open.length = 0
      broken = false
    },
    cancelAll() {
      while (open.length > 0) next().settle({ stopReason: 'cancelled' })
    },
  }
}

/** The text blocks of a prompt, joined by line breaks. */
export function textOf(content: readonly unknown[]): string {
  return content.flatMap((block) => (isJson(block) && typeof block.text === 'string' ? [block.text] : [])).join('\n')
}
