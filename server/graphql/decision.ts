/** A decision as one object: what was asked, who is on the way with an answer, who won. */
import { findCommands } from '../store/commands.ts'
import { createBatch } from './batch.ts'
import { builder } from './builder.ts'
import { Command, showCommand } from './commands/command.ts'
import { DecisionKind, DecisionOption, Question, WordsGo } from './events/decisions.ts'
import { Decision, Session, sessionKey } from './session-ref.ts'
import { Settlement, settlementOf } from './settlements.ts'

export const DecisionState = builder.enumType('DecisionState', { values: ['OPEN', 'SETTLED'] as const })

const commandById = createBatch(
  (id: string) => id,
  async (tx, ids) => new Map((await findCommands(tx, ids)).map((row) => [row.id, row])),
)

const NO_DIGEST = '0'.repeat(64)

// An opening that cannot be read any more is still a decision: it is shown empty, with no option to choose, and nulls no list.
Decision.implement({
  authScopes: (row) => ({ session: sessionKey(row.session) }),
  fields: (t) => ({
    id: t.exposeID('id'),
    session: t.expose('session', { type: Session }),
    kind: t.expose('kind', { type: DecisionKind }),
    epoch: t.exposeInt('epoch'),
    state: t.expose('state', { type: DecisionState }),
    openedSeq: t.exposeInt('openedSeq'),
    openedAt: t.expose('openedAt', { type: 'DateTime' }),
    title: t.string({ resolve: ({ asked }) => asked?.title ?? 'This question cannot be read here' }),
    evidence: t.string({
      description: 'What is asked, verbatim; phone and host hash the same string.',
      resolve: ({ asked }) => asked?.evidence ?? '',
    }),
    evidenceDigest: t.field({ type: 'Digest', resolve: ({ asked }) => asked?.evidenceDigest ?? NO_DIGEST }),
    options: t.field({ type: [DecisionOption], resolve: ({ asked }) => asked?.options ?? [] }),
    questions: t.field({ type: [Question], resolve: ({ asked }) => asked?.questions ?? [] }),
    plan: t.string({ nullable: true, resolve: ({ asked }) => asked?.plan ?? null }),
    cwd: t.string({ nullable: true, resolve: ({ asked }) => asked?.cwd ?? null }),
    paths: t.stringList({ resolve: ({ asked }) => asked?.paths ?? [] }),
    toolCallId: t.id({ nullable: true, resolve: ({ asked }) => asked?.toolCallId ?? null }),
    toolKind: t.string({ nullable: true, resolve: ({ asked }) => asked?.toolKind ?? null }),
    wordsGo: t.field({ type: WordsGo, resolve: ({ asked }) => asked?.wordsGo ?? 'NEXT_PROMPT' }),
    proposal: t.field({
      type: Command,
      nullable: true,
      description: 'The proposal on its way to the host, if any.',
      resolve: async ({ proposalId }, _args, context) => {
        const row = proposalId === null ? undefined : await commandById(context, proposalId)
        return row ? showCommand(row) : null
      },
    }),
    settledAt: t.expose('settledAt', { type: 'DateTime', nullable: true }),
    settlement: t.field({ type: Settlement, nullable: true, resolve: settlementOf }),
  }),
})
