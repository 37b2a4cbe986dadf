/** The oracle over the recorded logs of a real round: silent about them as they are, and not silent about any of what is broken into them here. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { CommandEvidence, DecisionEvidence, Evidence, SessionEvidence } from './evidence.ts'
import { judge } from './oracle.ts'

const text = readFileSync(new URL('./recorded.jsonl', import.meta.url), 'utf8')
const recorded = (): Evidence => JSON.parse(text) as Evidence

/** The first that fits, of many real ones. */
function one<T>(all: readonly T[], fits: (each: T) => boolean = () => true): T {
  const found = all.find(fits)
  if (found === undefined) throw new Error('the recorded round has no such thing')
  return found
}
const session = ({ sessions }: Evidence): SessionEvidence => one(sessions)
const seenBy = (evidence: Evidence) => one(session(evidence).viewers).seen
const command = (evidence: Evidence, fits: (command: CommandEvidence) => boolean) => one(evidence.commands, fits)
const decision = (evidence: Evidence, fits: (decision: DecisionEvidence) => boolean) => one(evidence.decisions, fits)
const wasRun = ({ kind, effects, shown, fate }: CommandEvidence) =>
  kind === 'sendPrompt' && effects === 1 && shown === 'APPLIED' && fate === 'DONE'
const wonByDevice = ({ journal, agentGot }: DecisionEvidence) =>
  journal?.settled[0]?.surface === 'DEVICE' && agentGot === journal.settled[0].optionId

test('the logs of a round in which nothing was broken are judged so', () => {
  const evidence = recorded()
  expect(judge(evidence)).toEqual([])
  expect(session(evidence).journal.length).toBeGreaterThan(30)
  expect(evidence.decisions.length).toBeGreaterThan(3)
})

const injected: [name: string, rule: string, breaks: (evidence: Evidence) => void][] = [
  ['an acknowledged event that the database lost', 'lost', (e) => void session(e).stored.splice(10, 1)],
  ['an end of the log that the database lost', 'lost', (e) => void session(e).stored.splice(-3)],
  [
    'an event that differs from the journal',
    'changed',
    (e) => void session(e).stored.splice(4, 1, [5, 'ffffffffffff']),
  ],
  ['an event a viewer was given twice', 'doubled', (e) => void seenBy(e).splice(8, 0, seenBy(e)[7] ?? [0, ''])],
  [
    'two events a viewer was given in the other order',
    'reordered',
    (e) => void seenBy(e).splice(8, 0, ...seenBy(e).splice(9, 1)),
  ],
  ['an event a viewer was not given', 'lost', (e) => void seenBy(e).splice(8, 1)],
  ['an event that is in no journal', 'unjournaled', (e) => void seenBy(e).push([999_999, 'ffffffffffff'])],
  ['a gap in the journal itself', 'lost', (e) => void session(e).journal.splice(5, 1)],
  [
    'a text of the agent that was journaled twice',
    'doubled',
    (e) => void session(e).told.splice(3, 0, session(e).told[2] ?? 0),
  ],
  ['a text of the agent that is missing in the middle', 'lost', (e) => void session(e).told.splice(3, 1)],
  ['a prompt that ran twice', 'doubled effect', (e) => void Object.assign(command(e, wasRun), { effects: 2 })],
  [
    'a prompt that was APPLIED and never ran',
    'lost effect',
    (e) => void Object.assign(command(e, wasRun), { effects: 0 }),
  ],
  [
    'a refused prompt that ran',
    'effect of a refused',
    (e) => void Object.assign(command(e, wasRun), { shown: 'REFUSED', stored: 'REFUSED' }),
  ],
  [
    'a command that never came to an end',
    'hung',
    (e) => void Object.assign(command(e, wasRun), { shown: 'DELIVERED' }),
  ],
  [
    'an UNKNOWN that was not shown',
    'shown otherwise',
    (e) => void Object.assign(command(e, wasRun), { stored: 'UNKNOWN' }),
  ],
  ['a decision nobody could see', 'unseen', (e) => void Object.assign(decision(e, wonByDevice), { journal: null })],
  ['a decision that stayed open', 'hung', (e) => void decision(e, wonByDevice).journal?.settled.splice(0)],
  [
    'an agent that got another answer than is recorded',
    'wrong winner',
    (e) => void Object.assign(decision(e, wonByDevice), { agentGot: 'something else' }),
  ],
  ['an agent that got no answer', 'hung', (e) => void Object.assign(decision(e, wonByDevice), { agentGot: null })],
  [
    'a loser who was told of success',
    'two winners',
    (e) => {
      const winner = command(e, ({ kind, shown }) => kind === 'answerPermission' && shown === 'APPLIED')
      e.commands.push({ ...winner, key: 'another' })
      decision(e, ({ answers }) => answers.includes(winner.key)).answers.push('another')
    },
  ],
]

test.each(injected)('%s is found (%s)', (_name, rule, breaks) => {
  const evidence = recorded()
  breaks(evidence)
  expect(judge(evidence).map((violation) => violation.rule)).toContain(rule)
})
