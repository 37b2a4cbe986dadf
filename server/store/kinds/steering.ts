/** What is asked and answered, and the prompts of the host's queue. */
import { z } from 'zod'
import { attachment, canonicalMode, delivery, id, int, maybe, origin, rung, short, text } from './values.ts'

const choice = z.object({ value: text, title: text, description: maybe(text) })
export type Choice = z.infer<typeof choice>

export const question = z.object({
  name: short,
  type: short,
  title: text,
  description: maybe(text),
  required: z.boolean().default(false),
  choices: z.array(choice).default([]),
  allowsOther: z.boolean().default(false),
  otherName: maybe(short),
  default: maybe(text),
  format: maybe(short),
  minimum: maybe(z.number()),
  maximum: maybe(z.number()),
  maxLength: maybe(int),
})
export type Question = z.infer<typeof question>

export const decisionOption = z.object({
  id,
  name: text,
  kind: short,
  description: maybe(text),
  rung,
  thenMode: maybe(canonicalMode),
})
export type DecisionOption = z.infer<typeof decisionOption>

export const steeringKinds = {
  DecisionOpened: z.object({
    decisionId: id,
    kind: z.enum(['PERMISSION', 'QUESTION', 'PLAN']),
    title: text,
    evidence: text,
    evidenceDigest: z.string().regex(/^[0-9a-f]{64}$/),
    options: z.array(decisionOption),
    questions: z.array(question).default([]),
    plan: maybe(text),
    cwd: maybe(text),
    paths: z.array(text).default([]),
    toolCallId: maybe(id),
    toolKind: maybe(short),
    wordsGo: z.enum(['SAME_TURN', 'NEXT_PROMPT']),
  }),
  DecisionSettled: z.object({
    decisionId: id,
    outcome: z.enum(['ANSWERED', 'CANCELLED', 'WITHDRAWN']),
    optionId: maybe(id),
    optionName: maybe(text),
    answer: maybe(text),
    reason: maybe(text),
    origin,
  }),
  PromptChanged: z.object({
    promptId: id,
    state: z.enum(['QUEUED', 'HELD', 'RUNNING', 'DONE', 'REFUSED', 'WITHDRAWN', 'UNKNOWN']),
    text,
    attachments: z.array(attachment).default([]),
    delivery,
    modeId: maybe(id),
    turnId: maybe(id),
    reason: maybe(text),
    origin,
  }),
}
