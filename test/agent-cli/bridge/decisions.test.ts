import { expect, test } from 'vitest'
import { askedPermission } from '../../../agent-cli/agent/translate/permission.ts'
import { createDecisions } from '../../../agent-cli/bridge/decisions.ts'

/** A disk that answers when the test says so. */
function slowDisk() {
  const waiting: { body: object; done: () => void }[] = []
  return {
    waiting,
    record: (body: object) => new Promise<void>((done) => void waiting.push({ body, done })),
    breakText() {},
    outside: (text: string) => text,
  }
}

test('[D3] the agent gets no answer before the record of it is on disk: a crash never leaves an effect without its winner', async () => {
  const disk = slowDisk()
  const heard: string[] = []
  const decisions = createDecisions({
    ...{
      publishing: disk,
      epoch: 1,
      cwd: '/',
      isCancelling: () => false,
      onAnswered: () => void heard.push('followed'),
    },
  })
  const options = [{ optionId: 'allow', name: 'Allow', kind: 'allow_once' }]
  const asked = askedPermission({ toolCall: { toolCallId: 't', title: 'make' }, options }, { preset: null, cwd: '/' })
  void decisions.ask(asked.decision, 'NEXT_PROMPT', new AbortController().signal).then(() => heard.push('agent'))
  await expect.poll(() => disk.waiting.length).toBe(1)
  const decisionId = /dec_[\w-]{22}/.exec(JSON.stringify(disk.waiting))?.[0] ?? ''
  const { told, mine } = decisions.answer(decisionId, { is: 'option', optionId: 'allow' }, { surface: 'TERMINAL' })
  expect(mine).toBe(true)
  await new Promise((resolve) => setImmediate(resolve))
  expect(heard).toEqual([])
  disk.waiting[1]?.done()
  await told
  await expect.poll(() => heard).toEqual(['followed', 'agent'])
})
