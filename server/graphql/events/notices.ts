/** What the transcript says about itself: notices, compaction, history held back, its title. */
import { builder } from '../builder.ts'
import { Event, eventRef } from './event.ts'

eventRef('NoticeShown').implement({
  interfaces: [Event],
  fields: (t) => ({
    severity: t.exposeString('severity'),
    title: t.exposeString('title'),
    description: t.exposeString('description', { nullable: true }),
  }),
})

export const NoticeShownInput = builder.inputType('NoticeShownInput', {
  fields: (t) => ({
    severity: t.string({ required: true }),
    title: t.string({ required: true }),
    description: t.string(),
  }),
})

eventRef('CompactionChanged').implement({
  interfaces: [Event],
  fields: (t) => ({
    compactionId: t.exposeID('compactionId'),
    status: t.exposeString('status'),
    summary: t.exposeString('summary', { nullable: true }),
    error: t.exposeString('error', { nullable: true }),
  }),
})

export const CompactionChangedInput = builder.inputType('CompactionChangedInput', {
  fields: (t) => ({
    compactionId: t.id({ required: true }),
    status: t.string({ required: true }),
    summary: t.string(),
    error: t.string(),
  }),
})

eventRef('HistoryWithheld').implement({
  interfaces: [Event],
  fields: (t) => ({
    count: t.exposeInt('count'),
    since: t.expose('since', { type: 'DateTime' }),
    until: t.expose('until', { type: 'DateTime' }),
  }),
})

export const HistoryWithheldInput = builder.inputType('HistoryWithheldInput', {
  fields: (t) => ({
    count: t.int({ required: true }),
    since: t.field({ type: 'DateTime', required: true }),
    until: t.field({ type: 'DateTime', required: true }),
  }),
})

eventRef('TitleChanged').implement({ interfaces: [Event], fields: (t) => ({ title: t.exposeString('title') }) })

export const TitleChangedInput = builder.inputType('TitleChangedInput', {
  fields: (t) => ({ title: t.string({ required: true }) }),
})
