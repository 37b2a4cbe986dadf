// Defects of the server.
import type { Defect } from './defect.ts'

export const serverDefects: readonly Defect[] = [
  {
    ...{ name: 'no dedupe', rule: 'E2', aim: ['pushedAgain', 'zombieConflicts'] },
    edits: [
      {
        file: 'server/store/push-events.ts',
        find: 'push.events.filter((pushed) => pushed.seq > session.lastSeq)\n  const [first]',
        replace: 'push.events.map((pushed, at) => ({ ...pushed, seq: session.lastSeq + 1 + at }))\n  const [first]',
      },
    ],
  },
  {
    ...{ name: 'gap accepted', rule: 'E2', aim: ['zombie', 'pushedAgain'] },
    edits: [
      {
        file: 'server/store/push-events.ts',
        find: 'if (first.seq !== session.lastSeq + 1) throw gap(session.lastSeq + 1)',
        replace: '',
      },
    ],
  },
  {
    ...{ name: 'another content acknowledged', rule: 'E2', aim: ['zombieConflicts', 'zombie'] },
    edits: [
      {
        file: 'server/store/push-events.ts',
        find: 'if ((stored.get(seq) ?? digest) !== digest)',
        replace: 'if (false as boolean)',
      },
    ],
  },
  {
    ...{ name: 'no fence on pushes', rule: 'E4', aim: ['zombie'] },
    edits: [
      {
        file: 'server/store/push-events.ts',
        find: 'if (push.epoch !== session.epoch || push.attachmentId !== session.attachmentId) throw fenced(session.epoch)',
        replace: '',
      },
    ],
  },
  {
    ...{ name: 'epoch compared, attachment not', rule: 'E4', aim: ['zombie'] },
    edits: [
      {
        file: 'server/store/push-events.ts',
        find: 'if (push.epoch !== session.epoch || push.attachmentId !== session.attachmentId)',
        replace: 'if (push.epoch !== session.epoch)',
      },
    ],
  },
  {
    ...{ name: 'an older epoch may start', rule: 'E4', aim: ['zombie'] },
    edits: [
      {
        file: 'server/store/attachments.ts',
        find: 'if (start.epoch < row.epoch) throw fenced(row.epoch)',
        replace: '',
      },
    ],
  },
  {
    ...{ name: 'another attachment may start', rule: 'E4', aim: ['zombie'] },
    edits: [
      {
        file: 'server/store/attachments.ts',
        find: 'if (start.epoch === row.epoch && start.attachmentId !== row.attachmentId)',
        replace: 'if (false as boolean)',
      },
    ],
  },
  {
    ...{ name: 'acknowledged before it is committed', rule: 'E2', aim: ['commitFails', 'bursts'] },
    edits: [
      {
        file: 'server/live/write.ts',
        find: '  const value = await place.database.transaction(async (tx) => {\n',
        replace:
          '  let hear: (value: T) => void = () => {}\n  const heard = new Promise<T>((resolve) => {\n    hear = resolve\n  })\n  const committed = place.database.transaction(async (tx) => {\n',
      },
      {
        file: 'server/live/write.ts',
        find: '    return done\n  }, place.isLeft)\n  place.bell.ring(...topics)\n',
        replace:
          '    hear(done)\n    return done\n  }, place.isLeft)\n  void committed.then(() => place.bell.ring(...topics), () => undefined)\n  const value = await Promise.race([heard, committed])\n',
      },
    ],
  },
  {
    ...{ name: 'number of the last event not kept with the batch', rule: 'E3', aim: ['bursts'] },
    edits: [
      {
        file: 'server/store/projection.ts',
        find: 'lastSeq: events.at(-1)?.seq ?? row.lastSeq,',
        replace: 'lastSeq: events[0]?.seq ?? row.lastSeq,',
      },
    ],
  },
  {
    ...{ name: 'bell before commit', rule: 'L2', aim: ['bursts', 'answeredHere'] },
    edits: [
      {
        file: 'server/live/write.ts',
        find: '      for (const topic of rung) topics.add(topic)\n    })',
        replace: '      place.bell.ring(...rung)\n    })',
      },
    ],
  },
  {
    ...{ name: 'events ring no bell', rule: 'L2', aim: ['bursts'] },
    edits: [
      {
        file: 'server/store/push-events.ts',
        find: '  ring(sessionTopic(session.id))\n  return last.seq',
        replace: '  return last.seq',
      },
    ],
  },
  {
    ...{ name: 'lost wake-up: a ring during the reading is forgotten', rule: 'L3', aim: ['bursts'] },
    edits: [
      {
        file: 'server/live/feed.ts',
        find: '        const found = await asked.page\n',
        replace: '        const found = await asked.page\n        held.due = null\n',
      },
    ],
  },
  {
    ...{ name: 'a list tells of nothing after its snapshot', rule: 'C5', aim: ['bursts', 'answeredHere'] },
    edits: [
      {
        file: 'server/graphql/list-feeds.ts',
        find: 'if (change) return',
        replace: 'if (change && !before) return',
      },
    ],
  },
  {
    ...{ name: 'viewer’s cursor jumps to the end', rule: 'L3', aim: ['bursts'] },
    edits: [
      {
        file: 'server/graphql/event-feeds.ts',
        find: 'last: next.last, isHeld',
        replace: 'last: next.last + (next.batch.events.length > 1 ? 1 : 0), isHeld',
      },
    ],
  },
  {
    ...{ name: 'viewer’s cursor stays behind', rule: 'L6', aim: ['bursts'] },
    edits: [
      {
        file: 'server/graphql/event-feeds.ts',
        find: 'last: next.last, isHeld',
        replace: 'last: next.last - (next.batch.events.length > 1 ? 1 : 0), isHeld',
      },
    ],
  },
  {
    ...{ name: 'a settlement rings no bell', rule: 'C5', aim: ['answeredHere', 'answeredTwice'] },
    edits: [
      {
        file: 'server/store/delivery.ts',
        find: '  if (!row) return null\n  ringFor(ring, row)',
        replace: '  if (!row) return null',
      },
    ],
  },
  {
    ...{ name: 'a key makes a row each time', rule: 'C1', aim: ['sentAgain'] },
    edits: [
      {
        file: 'server/store/queue-command.ts',
        find: 'key: wanted.key,\n    proof',
        replace: "key: wanted.kind === 'SendPrompt' ? wanted.key + crypto.randomUUID() : wanted.key,\n      proof",
      },
    ],
  },
  {
    ...{ name: 'a number is used twice', rule: 'C2', aim: ['queues'] },
    edits: [
      {
        file: 'server/store/queue-command.ts',
        find: 'returning next_command_number - 1 as number',
        replace: 'returning greatest(1, next_command_number - 2) as number',
      },
    ],
  },
  {
    ...{ name: 'settled twice, otherwise', rule: 'C5', aim: ['zombieSettles'] },
    edits: [
      {
        file: 'server/store/delivery.ts',
        find: '  onlyIf: SQL | undefined = unsettled,',
        replace: '  onlyIf: SQL | undefined = undefined,',
      },
    ],
  },
  {
    ...{
      name: 'a place from before the restore is believed',
      rule: 'C2',
      aim: ['restored', 'restoredUntold', 'restoredTaken'],
    },
    edits: [
      { file: 'server/store/host-commands.ts', find: '`case when ', replace: '`case when true or ' },
      // A host reads everything anew after any failure, and every server that is put back was away: with this there would be no effect.
      {
        file: 'agent-cli/remote/poller.ts',
        find: '        isLost = true\n        // Behind a server that was away may be an older database, in which what was read and settled waits again (C2): the ledger knows it.\n        after = null\n',
        replace: '        isLost = true\n',
      },
    ],
  },
  {
    ...{ name: 'what was put back counts as never fetched', rule: 'C4', aim: ['restoredRevoked'] },
    edits: [{ file: 'server/store/put-back.ts', find: 'and exists (select 1 from fresh)', replace: 'and false' }],
  },
  {
    ...{ name: 'a page of commands leaves the first out', rule: 'C2', aim: ['queues'] },
    edits: [{ file: 'server/store/host-commands.ts', find: 'sql<number>`case', replace: 'sql<number>`1 + case' }],
  },
  {
    ...{ name: 'delivered counts as done', rule: 'C5', aim: ['diesTaking', 'answeredTwice'] },
    edits: [
      { file: 'server/store/delivery.ts', find: "        state: 'DELIVERED',", replace: "        state: 'APPLIED'," },
    ],
  },
  {
    ...{ name: 'proposal read and then written', rule: 'D2', aim: ['answeredTwice'] },
    edits: [
      {
        file: 'server/store/answers.ts',
        find: "select().from(decision).where(its).for('update')",
        replace: 'select().from(decision).where(its)',
      },
      // Who proposes holds the host's lock: with it there would be no effect.
      {
        file: 'server/graphql/commands/answering.ts',
        find: '    await lockHost(tx, wanted.hostId)\n',
        replace: '',
      },
    ],
  },
  {
    ...{ name: 'a refused proposal keeps the decision', rule: 'D2', aim: ['answeredWrongly'] },
    edits: [
      {
        file: 'server/store/delivery.ts',
        find: "const reopens = state === 'REFUSED' || state === 'EXPIRED' || state === 'UNKNOWN'",
        replace: 'const reopens = false as boolean',
      },
    ],
  },
  {
    ...{ name: 'the winner is not recorded', rule: 'D3', aim: ['answeredTwice'] },
    edits: [{ file: 'server/store/decisions.ts', find: 'winnerCommandId: word.origin.commandId,', replace: '' }],
  },
  {
    ...{ name: 'a settled decision stays open', rule: 'D1', aim: ['answeredHere', 'answeredTwice'] },
    edits: [
      {
        file: 'server/store/projection.ts',
        find: "else if (known.kind === 'DecisionSettled') await settleDecision(tx, ring, row, known.value, at)\n",
        replace: '',
      },
    ],
  },
  {
    ...{ name: 'a revoked device’s streams go on', rule: 'T3', aim: ['revokes'] },
    edits: [
      {
        file: 'server/auth/trust.ts',
        find: '    if (refusal) {\n      end(one, refusal)\n      return\n    }',
        replace: '',
      },
      // The look of a list would end its other streams as well.
      {
        file: 'server/auth/trust.ts',
        find: '        for (const one of [...held]) if (one.identity.tokenHash === tokenHash) end(one, refusal)\n',
        replace: '',
      },
    ],
  },
  {
    ...{ name: 'a revoked device is let in', rule: 'T3', aim: ['revokes'] },
    edits: [
      {
        file: 'server/auth/trust.ts',
        find: '      if (refusal || !found) throw refusal ?? unknown()',
        replace: '      if (!found) throw refusal ?? unknown()',
      },
    ],
  },
]
