import { readFileSync } from 'node:fs'
import { buildSchema, type DocumentNode, validate } from 'graphql'
import { describe, expect, it } from 'vitest'
import { SessionDetailDocument } from '../../../pwa/features/session/session-detail.ts'
import * as sessions from '../../../pwa/features/sessions/session-row.ts'
import { PutBodyDocument } from '../../../pwa/features/steering/attach.ts'
import { CommandDocument, CommandsChangedDocument } from '../../../pwa/features/steering/command-fields.ts'
import { mutations } from '../../../pwa/features/steering/mutations.ts'
import { BodyChunkDocument } from '../../../pwa/features/transcript/body.ts'
import { EventsAppendedDocument, EventsPageDocument } from '../../../pwa/features/transcript/event-source.ts'

const schema = buildSchema(readFileSync(new URL('../../../schema.graphql', import.meta.url), 'utf8'))
const documents: [string, unknown][] = [
  ...Object.entries(mutations),
  ...Object.entries(sessions).filter(([name]) => name.endsWith('Document')),
  ['SessionDetail', SessionDetailDocument],
  ['PutBody', PutBodyDocument],
  ['Command', CommandDocument],
  ['CommandsChanged', CommandsChangedDocument],
  ['BodyChunk', BodyChunkDocument],
  ['EventsAppended', EventsAppendedDocument],
  ['EventsPage', EventsPageDocument],
]

describe('documents', () => {
  it.each(documents)('%s is valid against the committed schema', (_, document) => {
    expect(validate(schema, document as DocumentNode)).toEqual([])
  })
})
