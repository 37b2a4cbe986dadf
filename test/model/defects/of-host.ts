// Defects of the host: its journal, its way to the server, its decisions and commands.
import type { Defect } from './defect.ts'

export const hostDefects: readonly Defect[] = [
  {
    ...{ name: 'unsynced journal', rule: 'E1', aim: ['diesSaying', 'diesAsking'] },
    edits: [
      {
        file: 'agent-cli/journal/lines.ts',
        find: '      await writeFully(file, Buffer.concat(parts), size)\n      await file.datasync()',
        replace: '      await writeFully(file, Buffer.concat(parts), size)',
      },
    ],
  },
  {
    ...{ name: 'readers see what is not on disk yet', rule: 'E1', aim: ['diesSaying'] },
    edits: [
      {
        file: 'agent-cli/journal/lines.ts',
        find: '      await file.datasync()\n      dirty = false\n    } catch (error) {',
        replace: '      void file.datasync().catch(() => undefined)\n      dirty = false\n    } catch (error) {',
      },
    ],
  },
  {
    ...{ name: 'forgotten ledger', rule: 'C3', aim: ['diesNoting', 'diesAnswered', 'restored', 'restoredTaken'] },
    edits: [
      {
        file: 'agent-cli/journal/ledger.ts',
        find: '      if (note === undefined) throw corrupt(path, lineNumber)\n      apply(note)',
        replace: '      if (note === undefined) throw corrupt(path, lineNumber)',
      },
    ],
  },
  {
    ...{ name: 'intent only in memory', rule: 'C3', aim: ['diesAnswered', 'diesNoting', 'diesTaking'] },
    edits: [
      {
        file: 'agent-cli/journal/ledger.ts',
        find: "        await note({ note: 'intent', commandId, kind, at: now().toISOString(), ...(use && { use }) })",
        replace: "        apply({ note: 'intent', commandId, kind, at: now().toISOString() })",
      },
    ],
  },
  {
    ...{
      name: 'what an earlier process began is not called UNKNOWN',
      rule: 'C4',
      aim: ['diesUnsafe', 'diesNoting', 'diesTaking'],
    },
    edits: [
      {
        file: 'agent-cli/journal/ledger.ts',
        find: 'unfinished: () => [...entries.values()].filter((entry) => entry.state === null),',
        replace: 'unfinished: () => [],',
      },
    ],
  },
  {
    ...{ name: 'no epoch of its own', rule: 'E1', aim: ['zombie', 'diesAsking'] },
    edits: [
      {
        file: 'agent-cli/journal/meta.ts',
        find: '(await write((now) => ({ ...now, epoch: now.epoch + 1 }))).epoch',
        replace: '(await write((now) => ({ ...now, epoch: 1 }))).epoch',
      },
    ],
  },
  {
    ...{ name: 'own count of what is acknowledged', rule: 'E5', aim: ['restoredBehind'] },
    edits: [
      {
        file: 'agent-cli/remote/pusher.ts',
        find: '    ackedSeq = startSession.lastSeq\n',
        replace: '    ackedSeq = Math.max(ackedSeq, startSession.lastSeq)\n',
      },
    ],
  },
  {
    ...{
      name: 'a lost answer is taken for an acknowledgement',
      rule: 'E2',
      aim: ['pushedLost', 'pushedAgain', 'saysUnheard'],
    },
    edits: [
      {
        file: 'agent-cli/remote/flight.ts',
        find: '      // It has come before the one that it follows, which is stored by now.\n',
        replace:
          "      if (error instanceof RemoteError && error.code === 'UNREACHABLE') return batch.events.at(-1)?.seq ?? 0\n",
      },
    ],
  },
  {
    ...{ name: 'a restored server is taken for a newer attachment', rule: 'E5', aim: ['restoredEpoch'] },
    edits: [
      {
        file: 'agent-cli/remote/verdict.ts',
        find: '(hasStarted && finalAtStart.has(code))',
        replace: '(false as boolean)',
      },
    ],
  },
  {
    ...{ name: 'place moves before the taking is heard', rule: 'C2', aim: ['takenUnheard', 'takenLost'] },
    edits: [
      {
        file: 'agent-cli/remote/poller.ts',
        find: '    const mine = hostCommands.commands.filter(options.takes)\n',
        replace: '    after = hostCommands.after\n    const mine = hostCommands.commands.filter(options.takes)\n',
      },
      // After any failure a host reads everything anew: with this there would be no effect.
      {
        file: 'agent-cli/remote/poller.ts',
        find: '        after = null\n        const failure',
        replace: '        const failure',
      },
    ],
  },
  {
    ...{ name: 'commands of another reading are dropped', rule: 'C2', aim: ['queues'] },
    edits: [
      {
        file: 'agent-cli/remote/poller.ts',
        find: '      for (const command of mine) {\n',
        replace: '      for (const command of mine.slice(0, 1)) {\n',
      },
    ],
  },
  {
    ...{ name: 'a result is told once, heard or not', rule: 'C3', aim: ['toldLost', 'toldUncommitted'] },
    edits: [
      {
        file: 'agent-cli/bridge/settlements.ts',
        find: "        if (!(error instanceof RemoteError) || isPassing(error) || error.code === 'UNAUTHENTICATED') {",
        replace: '        if (false as boolean) {',
      },
    ],
  },
  {
    ...{ name: 'what was told is not told again', rule: 'C2', aim: ['restored', 'restoredTaken', 'restoredAnswered'] },
    edits: [
      {
        file: 'agent-cli/bridge/settlements.ts',
        find: '      if (commandId !== undefined) again.add(commandId)\n',
        replace: '      void commandId\n',
      },
    ],
  },
  {
    ...{ name: 'the ledger is not asked', rule: 'C3', aim: ['restored', 'restoredTaken', 'restoredAnswered'] },
    edits: [
      {
        file: 'agent-cli/bridge/commands.ts',
        find: '    if (before !== undefined || settlements.isUnnoted(command.id)) return settlements.repeat(command.id)',
        replace: '    void before',
      },
    ],
  },
  {
    ...{
      name: 'the ledger is not asked, nor its answer heeded',
      rule: 'C3',
      aim: ['restored', 'restoredTaken', 'restoredAnswered'],
    },
    edits: [
      {
        file: 'agent-cli/bridge/commands.ts',
        find: '    if (before !== undefined || settlements.isUnnoted(command.id)) return settlements.repeat(command.id)\n',
        replace: '    void before\n',
      },
      {
        file: 'agent-cli/bridge/commands.ts',
        find: 'if (!(await ledger.intend(command.id, command.__typename, use)).fresh) return',
        replace: 'await ledger.intend(command.id, command.__typename, use)',
      },
    ],
  },
  {
    ...{ name: 'a decision is settled twice', rule: 'D3', aim: ['answeredHere', 'answeredTwice'] },
    edits: [
      {
        file: 'agent-cli/bridge/decisions.ts',
        find: 'if (earlier) return {',
        replace: 'if (earlier && (false as boolean)) return {',
      },
    ],
  },
  {
    ...{ name: 'the journal names another winner', rule: 'D3', aim: ['answeredTwice', 'answeredWrongly'] },
    edits: [
      {
        file: 'agent-cli/bridge/decisions.ts',
        find: "settle(decisionId, 'ANSWERED', origin, rest)",
        replace: "settle(decisionId, 'ANSWERED', { surface: 'TERMINAL' }, rest)",
      },
    ],
  },
  {
    ...{ name: 'the agent hears before the journal does', rule: 'D3', aim: ['diesUnsafe'] },
    edits: [
      {
        file: 'agent-cli/bridge/decisions.ts',
        find: '      void told.then(() => {',
        replace: '      void Promise.resolve().then(() => {',
      },
    ],
  },
  {
    ...{ name: 'evidence is not compared', rule: 'D1', aim: ['answeredWrongly'] },
    edits: [
      {
        file: 'agent-cli/bridge/decisions.ts',
        find: '      if (shown !== null && shown !== waiting.digest && !answered.isRejected) throw otherEvidence()\n',
        replace: '',
      },
    ],
  },
  {
    ...{ name: 'what a dead process left open stays open', rule: 'D2', aim: ['diesAsking', 'diesAnswered'] },
    edits: [
      {
        file: 'agent-cli/bridge/starting.ts',
        find: '  for (const body of await leftOpen(journal)) await journal.log.append(epoch, body, at)\n',
        replace: '  void at\n',
      },
    ],
  },
]
