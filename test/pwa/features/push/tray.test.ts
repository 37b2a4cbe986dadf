/** [T4] What stands in the tray when the time of looking is over has no words of a session in it; its place, its way and Deny stay. */
import { expect, it } from 'vitest'
import { type NoticeData, notificationOf, readNotice } from '../../../../pwa/features/push/notice.ts'
import { emptyTray, type Tray } from '../../../../pwa/features/push/tray.ts'
import { decision } from '../decisions/samples.ts'

const NOW = Date.parse('2026-11-20T15:00:00Z')
const notice = (tag: string, until: string | null, at?: string) => {
  const later = until === null ? {} : { later: { until, title: 'Something waits for you', at } }
  const words = { title: 'Allow: Run this?', body: 'npm test', tag, url: `/s/ses_1?d=${tag}`, kind: 'DECISION_OPENED' }
  const read = readNotice(JSON.stringify({ ...words, ...later }), 'https://desk.example', NOW - 3_600_000)
  return notificationOf(read, { decision: decision({ id: tag }), evidenceMatches: true, stepUpFrom: 'FULL' })
}

/** A tray as browsers keep it: one notification for each tag. */
function createTray(...all: ReturnType<typeof notice>[]) {
  const shown = new Map(all.map((one) => [one.options.tag ?? '', one]))
  const replaced: string[] = []
  const tray: Tray = {
    getNotifications: async () =>
      [...shown.values()].map(
        ({ title, options }) => ({ title, tag: options.tag, data: options.data }) as Notification,
      ),
    showNotification: async (title, options = {}) => {
      replaced.push(options.tag ?? '')
      shown.set(options.tag ?? '', { title, options })
    },
  }
  return { tray, shown, replaced }
}
const OVER = '2026-11-20T14:59:59Z'
const LATER = '2026-11-20T15:00:01Z'

it('takes the words out of those whose time is over, and leaves the others', async () => {
  const { tray, shown, replaced } = createTray(notice('over', OVER), notice('later', LATER), notice('free', null))
  await emptyTray(tray, NOW, null)
  expect(replaced).toEqual(['over'])
  expect(JSON.stringify(shown.get('over'))).not.toMatch(/npm|Run this/)
  expect(shown.get('over')).toMatchObject({
    title: 'Something waits for you',
    options: { body: '', silent: true, actions: [{ title: 'Deny' }, { title: 'Review' }] },
  })
  const data = shown.get('over')?.options.data as NoticeData
  expect(data).toMatchObject({ path: '/s/ses_1?d=over', deny: { decisionId: 'over' } })
  expect(data).not.toHaveProperty('allow')
})

it('takes them out of all where nobody may look now, and out of none a second time', async () => {
  const { tray, shown, replaced } = createTray(notice('later', LATER), notice('free', null))
  await emptyTray(tray, NOW, Number.POSITIVE_INFINITY)
  expect(replaced.splice(0)).toEqual(['later', 'free'])
  expect(JSON.stringify([...shown.values()])).not.toMatch(/npm|Run this/)
  await emptyTray(tray, NOW, Number.POSITIVE_INFINITY)
  expect(replaced).toEqual([])
})

it('[T4] a push that comes late takes no words out of what was sent since, to somebody who was verified since', async () => {
  const before = notice('before', LATER, '2026-11-20T14:00:00Z')
  const since = notice('since', LATER, '2026-11-20T14:30:00Z')
  const { tray, shown, replaced } = createTray(before, since, notice('over', OVER, '2026-11-20T14:40:00Z'))
  const words = {
    title: 'Something waits for you',
    body: '',
    tag: 'late',
    url: '/s/ses_1?d=late',
    kind: 'DECISION_OPENED',
  }
  for (const until of [new Date(0).toISOString(), OVER]) {
    const later = { until, title: words.title, at: '2026-11-20T14:10:00Z' }
    const late = readNotice(JSON.stringify({ ...words, later }), 'https://desk.example', NOW)
    expect(late).toMatchObject({ isBare: true, looking: { atMs: Date.parse(later.at) } })
    await emptyTray(tray, NOW, late.looking?.atMs ?? Number.POSITIVE_INFINITY)
  }
  expect(replaced).toEqual(['before', 'over'])
  expect(JSON.stringify(shown.get('since'))).toContain('npm test')
})
