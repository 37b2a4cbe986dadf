/** What policy lets out on a notification (F2): the place it leads to and what it replaces stay, the words go. */
import { expect, test } from 'vitest'
import { limitedTo, type Notice, testNotice } from '../../../server/push/notice.ts'

const opened: Notice = {
  ...{ kind: 'DECISION_OPENED', title: 'Allow: Deploy', body: 'rm -rf build\nshop · shop', tag: 'dec_1' },
  ...{ url: '/s/ses_1?d=dec_1', silent: false },
}

test('FULL says all, TITLE no command and no place, NONE only that something waits', () => {
  expect(limitedTo('FULL', opened)).toEqual(opened)
  expect(limitedTo('TITLE', opened)).toEqual({ ...opened, body: '' })
  expect(limitedTo('NONE', opened)).toEqual({ ...opened, title: 'Something waits for you', body: '' })
})

test('NONE tells apart what waits, what was answered and what has stopped, and leaves the test notice alone', () => {
  const kinds = ['DECISION_OPENED', 'DECISION_SETTLED', 'TURN_ENDED'] as const
  const titles = kinds.map((kind) => limitedTo('NONE', { ...opened, kind }).title)
  expect(new Set(titles).size).toBe(3)
  expect(titles.join()).not.toContain('Deploy')
  expect(limitedTo('NONE', testNotice)).toEqual(testNotice)
})
