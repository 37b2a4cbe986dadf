// Defects to put into the real code, each the breaking of one rule: what is found in the file is replaced. Found not exactly once, the code has
// moved, and the run fails loudly instead of testing nothing.
export type Defect = { name: string; rule: string; file: string; find: string; replace: string }

const push = 'server/store/push-events.ts'
const attachments = 'server/store/attachments.ts'
const answers = 'server/store/answers.ts'
const delivery = 'server/store/delivery.ts'
const lines = 'agent-cli/journal/lines.ts'
const ledger = 'agent-cli/journal/ledger.ts'
const pusher = 'agent-cli/remote/pusher.ts'
const poller = 'agent-cli/remote/poller.ts'
const settlements = 'agent-cli/bridge/settlements.ts'
const hostCommands = 'agent-cli/bridge/commands.ts'
const decisions = 'agent-cli/bridge/decisions.ts'
const starting = 'agent-cli/bridge/starting.ts'

export const defects: Defect[] = [
  // Events into the store.
  {
    ...{ name: 'no dedupe', rule: 'E2', file: push },
    find: 'push.events.filter((pushed) => pushed.seq > session.lastSeq)\n  const [first]',
    replace: 'push.events.map((pushed, at) => ({ ...pushed, seq: session.lastSeq + 1 + at }))\n  const [first]',
  },
  {
    ...{ name: 'gap accepted', rule: 'E2', file: push },
    find: 'if (first.seq !== session.lastSeq + 1) throw gap(session.lastSeq + 1)',
    replace: '',
  },
  {
    ...{ name: 'another content acknowledged', rule: 'E2', file: push },
    find: 'if ((stored.get(seq) ?? digest) !== digest)',
    replace: 'if (false as boolean)',
  },
  {
    ...{ name: 'no fence on pushes', rule: 'E4', file: push },
    find: 'if (push.epoch !== session.epoch || push.attachmentId !== session.attachmentId) throw fenced(session.epoch)',
    replace: '',
  },
  {
    ...{ name: 'epoch compared, attachment not', rule: 'E4', file: push },
    find: 'if (push.epoch !== session.epoch || push.attachmentId !== session.attachmentId)',
    replace: 'if (push.epoch !== session.epoch)',
  },
  {
    ...{ name: 'an older epoch may start', rule: 'E4', file: attachments },
    find: 'if (start.epoch < row.epoch) throw fenced(row.epoch)',
    replace: '',
  },
  {
    ...{ name: 'another attachment may start', rule: 'E4', file: attachments },
    find: 'if (start.epoch === row.epoch && start.attachmentId !== row.attachmentId)',
    replace: 'if (false as boolean)',
  },
  {
    ...{ name: 'acknowledged before it is committed', rule: 'E2', file: 'server/live/write.ts' },
    find: 'const value = await place.database.transaction(async (tx) => {\n    const done = await work(tx, (...rung) => {\n      for (const topic of rung) topics.add(topic)\n    })\n    // With the change and not after it: who has lost the bell finds the mark (T3).\n    if (topics.has(trustTopic)) await moveTrustMark(tx)\n    return done\n  })\n  place.bell.ring(...topics)\n  return value',
    replace:
      'return new Promise<T>((resolve, reject) => {\n    place.database\n      .transaction(async (tx) => {\n        const value = await work(tx, (...rung) => {\n          for (const topic of rung) topics.add(topic)\n        })\n        resolve(value)\n        return value\n      })\n      .then(() => place.bell.ring(...topics), reject)\n  })',
  },
  {
    ...{ name: 'number of the last event not kept with the batch', rule: 'E3', file: 'server/store/projection.ts' },
    find: 'lastSeq: events.at(-1)?.seq ?? row.lastSeq,',
    replace: 'lastSeq: events[0]?.seq ?? row.lastSeq,',
  },
  // Live.
  {
    ...{ name: 'bell before commit', rule: 'L2', file: 'server/live/write.ts' },
    find: '      for (const topic of rung) topics.add(topic)\n    })',
    replace: '      place.bell.ring(...rung)\n    })',
  },
  {
    ...{ name: 'events ring no bell', rule: 'L2', file: push },
    find: '  ring(sessionTopic(session.id))\n  return last.seq',
    replace: '  return last.seq',
  },
  {
    ...{ name: 'lost wake-up: marked after reading', rule: 'L3', file: 'server/live/tail.ts' },
    find: '        watch.mark()\n        const value = await orEnded(read(), ended.signal)',
    replace: '        const value = await orEnded(read(), ended.signal)\n        watch.mark()',
  },
  {
    ...{ name: 'viewer’s cursor jumps to the end', rule: 'L3', file: 'server/graphql/event-feeds.ts' },
    find: 'last: next.last }',
    replace: 'last: next.last + (next.batch.events.length > 1 ? 1 : 0) }',
  },
  {
    ...{ name: 'viewer’s cursor stays behind', rule: 'L6', file: 'server/graphql/event-feeds.ts' },
    find: 'last: next.last }',
    replace: 'last: next.last - (next.batch.events.length > 1 ? 1 : 0) }',
  },
  {
    ...{ name: 'a settlement rings no bell', rule: 'C5', file: delivery },
    find: '  if (!row) return null\n  ringFor(ring, row)',
    replace: '  if (!row) return null',
  },
  // Commands in the store.
  {
    ...{ name: 'a key makes a row each time', rule: 'C1', file: 'server/store/queue-command.ts' },
    find: 'key: wanted.key,\n    proof',
    replace: "key: wanted.kind === 'SendPrompt' ? wanted.key + crypto.randomUUID() : wanted.key,\n      proof",
  },
  {
    ...{ name: 'a number is used twice', rule: 'C2', file: 'server/store/queue-command.ts' },
    find: 'returning next_command_number - 1 as number',
    replace: 'returning greatest(1, next_command_number - 2) as number',
  },
  {
    ...{ name: 'settled twice, otherwise', rule: 'C5', file: delivery },
    find: '  onlyIf: SQL | undefined = unsettled,',
    replace: '  onlyIf: SQL | undefined = undefined,',
  },
  {
    ...{ name: 'a place from before the restore is believed', rule: 'C2', file: 'server/store/host-commands.ts' },
    find: '`case when ',
    replace: '`case when true or ',
  },
  {
    ...{ name: 'a page of commands leaves the first out', rule: 'C2', file: 'server/store/host-commands.ts' },
    find: 'sql<number>`case',
    replace: 'sql<number>`1 + case',
  },
  {
    ...{ name: 'delivered counts as done', rule: 'C5', file: delivery },
    find: "        state: 'DELIVERED',",
    replace: "        state: 'APPLIED',",
  },
  // Decisions in the store.
  {
    ...{ name: 'proposal read and then written', rule: 'D2', file: answers },
    find: "  await lockHost(tx, answer.hostId)\n  const before = await sentBefore(tx, answer)\n  if (before) return before\n  const its = and(eq(decision.sessionId, answer.sessionId), eq(decision.id, answer.decisionId))\n  const [row] = await tx.select().from(decision).where(its).for('update')",
    replace:
      '  const before = await sentBefore(tx, answer)\n  if (before) return before\n  const its = and(eq(decision.sessionId, answer.sessionId), eq(decision.id, answer.decisionId))\n  const [row] = await tx.select().from(decision).where(its)',
  },
  {
    ...{ name: 'a refused proposal keeps the decision', rule: 'D2', file: delivery },
    find: "const reopens = state === 'REFUSED' || state === 'EXPIRED' || state === 'UNKNOWN'",
    replace: 'const reopens = false as boolean',
  },
  {
    ...{ name: 'the winner is not recorded', rule: 'D3', file: 'server/store/decisions.ts' },
    find: 'winnerCommandId: word.origin.commandId,',
    replace: '',
  },
  {
    ...{ name: 'a settled decision stays open', rule: 'D1', file: 'server/store/projection.ts' },
    find: "else if (known.kind === 'DecisionSettled') await settleDecision(tx, ring, row, known.value, at)\n",
    replace: '',
  },
  // Trust.
  {
    ...{ name: 'a revoked device’s streams go on', rule: 'T3', file: 'server/auth/trust.ts' },
    find: '    if (refusal) {\n      end(one, refusal)\n      return\n    }',
    replace: '',
  },
  {
    ...{ name: 'a revoked device is let in', rule: 'T3', file: 'server/auth/trust.ts' },
    find: '      if (refusal || !found) throw refusal ?? unknown()',
    replace: '      if (!found) throw refusal ?? unknown()',
  },
  // The journal.
  {
    ...{ name: 'unsynced journal', rule: 'E1', file: lines },
    find: '      await writeFully(file, Buffer.concat(parts), size)\n      await file.datasync()',
    replace: '      await writeFully(file, Buffer.concat(parts), size)',
  },
  {
    ...{ name: 'readers see what is not on disk yet', rule: 'E1', file: lines },
    find: '      await file.datasync()\n      dirty = false\n    } catch (error) {',
    replace: '      void file.datasync().catch(() => undefined)\n      dirty = false\n    } catch (error) {',
  },
  {
    ...{ name: 'forgotten ledger', rule: 'C3', file: ledger },
    find: '      if (note === undefined) throw corrupt(path, lineNumber)\n      apply(note)',
    replace: '      if (note === undefined) throw corrupt(path, lineNumber)',
  },
  {
    ...{ name: 'intent only in memory', rule: 'C3', file: ledger },
    find: "        await note({ note: 'intent', commandId, kind, at: now().toISOString(), ...(use && { use }) })",
    replace: "        apply({ note: 'intent', commandId, kind, at: now().toISOString() })",
  },
  {
    ...{ name: 'told is noted as result', rule: 'C3', file: ledger },
    find: 'unfinished: () => [...entries.values()].filter((entry) => entry.state === null),',
    replace: 'unfinished: () => [],',
  },
  {
    ...{ name: 'no epoch of its own', rule: 'E1', file: 'agent-cli/journal/meta.ts' },
    find: '(await write((now) => ({ ...now, epoch: now.epoch + 1 }))).epoch',
    replace: '(await write((now) => ({ ...now, epoch: 1 }))).epoch',
  },
  // The host's way to the server.
  {
    ...{ name: 'own count of what is acknowledged', rule: 'E5', file: pusher },
    find: '    ackedSeq = startSession.lastSeq\n',
    replace: '    ackedSeq = Math.max(ackedSeq, startSession.lastSeq)\n',
  },
  {
    ...{ name: 'a lost answer is taken for an acknowledgement', rule: 'E2', file: pusher },
    find: "    if (isPassing(error) || error.code === 'UNAUTHENTICATED') {\n",
    replace:
      "    if (isPassing(error) || error.code === 'UNAUTHENTICATED') {\n      if (pushing.length > 0) return become({ is: 'ended', code: 'LOST', reason: 'given up' })\n",
  },
  {
    ...{ name: 'a restored server is taken for a newer attachment', rule: 'E5', file: pusher },
    find: '(hasStarted && finalAtStart.has(error.code))',
    replace: 'false',
  },
  {
    ...{ name: 'place moves before the taking is heard', rule: 'C2', file: poller },
    find: '    const mine = hostCommands.commands.filter(options.takes)\n',
    replace: '    after = hostCommands.after\n    const mine = hostCommands.commands.filter(options.takes)\n',
  },
  {
    ...{ name: 'commands of another reading are dropped', rule: 'C2', file: poller },
    find: '      for (const command of mine) {\n',
    replace: '      for (const command of mine.slice(0, 1)) {\n',
  },
  {
    ...{ name: 'a result is told once, heard or not', rule: 'C3', file: settlements },
    find: "        if (!(error instanceof RemoteError) || isPassing(error) || error.code === 'UNAUTHENTICATED') {",
    replace: '        if (false as boolean) {',
  },
  {
    ...{ name: 'what was told is not told again', rule: 'C2', file: settlements },
    find: '      if (commandId !== undefined) again.add(commandId)\n',
    replace: '      void commandId\n',
  },
  // The host's decisions and commands.
  {
    ...{ name: 'the ledger is not asked', rule: 'C3', file: hostCommands },
    find: '    if (before !== undefined || settlements.isUnnoted(command.id)) return settlements.repeat(command.id)',
    replace: '    void before',
  },
  {
    ...{ name: 'the ledger is not asked, nor its answer heeded', rule: 'C3', file: hostCommands },
    find: `    if (before !== undefined || settlements.isUnnoted(command.id)) return settlements.repeat(command.id)
    const facts = await factsFor(command)
    const { refused, counter } = await trusted(command, facts)
    const refusal = firstRefusal(command, facts, refused)
    const use = counter === null || facts.device === null ? undefined : { deviceId: facts.device.id, counter }
    try {
      if (!(await ledger.intend(command.id, command.__typename, use)).fresh) return
`,
    replace: `    void before
    const facts = await factsFor(command)
    const { refused, counter } = await trusted(command, facts)
    const refusal = firstRefusal(command, facts, refused)
    const use = counter === null || facts.device === null ? undefined : { deviceId: facts.device.id, counter }
    try {
      await ledger.intend(command.id, command.__typename, use)
`,
  },
  {
    ...{ name: 'a decision is settled twice', rule: 'D3', file: decisions },
    find: 'if (earlier) return {',
    replace: 'if (earlier && (false as boolean)) return {',
  },
  {
    ...{ name: 'the journal names another winner', rule: 'D3', file: decisions },
    find: "settle(decisionId, 'ANSWERED', origin, rest)",
    replace: "settle(decisionId, 'ANSWERED', { surface: 'TERMINAL' }, rest)",
  },
  {
    ...{ name: 'the agent hears before the journal does', rule: 'D3', file: decisions },
    find: '      void told.then(() => {',
    replace: '      void Promise.resolve().then(() => {',
  },
  {
    ...{ name: 'evidence is not compared', rule: 'D1', file: decisions },
    find: '      if (shown !== null && shown !== waiting.digest && !answered.isRejected) throw otherEvidence()\n',
    replace: '',
  },
  {
    ...{ name: 'what a dead process left open stays open', rule: 'D2', file: starting },
    find: '  for (const body of await leftOpen(journal)) await journal.log.append(epoch, body, at)\n',
    replace: '  void at\n',
  },
]
