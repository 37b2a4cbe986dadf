/** T1 at build time: a type or root field that says nothing about its owner cannot become a schema. */
import SchemaBuilder from '@pothos/core'
import RelayPlugin from '@pothos/plugin-relay'
import ScopeAuthPlugin from '@pothos/plugin-scope-auth'
import { describe, expect, test } from 'vitest'
import { assertOwnerRules } from '../../../server/graphql/owner-rules.ts'

function scratch() {
  const builder = new SchemaBuilder<{ AuthScopes: { all: boolean } }>({
    plugins: [RelayPlugin, ScopeAuthPlugin],
    relay: { cursorType: 'String', nodeQueryOptions: false, nodesQueryOptions: false },
    scopeAuth: { authScopes: () => ({ all: true }) },
  })
  builder.queryType({})
  const note = builder.objectRef<{ text: string }>('Note')
  return { builder, note }
}

describe('[T1] every type carries its owner rule', () => {
  test('a type without a rule is named and refused', () => {
    const { builder, note } = scratch()
    note.implement({ fields: (t) => ({ text: t.exposeString('text') }) })
    builder.queryField('note', (t) => t.field({ type: note, authScopes: { all: true }, resolve: () => ({ text: '' }) }))
    expect(() => assertOwnerRules(builder.toSchema())).toThrow(/no owner rule on Note /)
  })

  test('a root field without a rule is named and refused', () => {
    const { builder, note } = scratch()
    note.implement({ authScopes: { all: true }, fields: (t) => ({ text: t.exposeString('text') }) })
    builder.queryField('note', (t) => t.field({ type: note, resolve: () => ({ text: '' }) }))
    expect(() => assertOwnerRules(builder.toSchema())).toThrow(/Query\.note/)
  })

  test('a rule, a rule of its interface, and being part of a ruled type are each enough', () => {
    const { builder, note } = scratch()
    const face = builder.interfaceRef<{ text: string }>('Face')
    face.implement({ authScopes: { all: true }, fields: (t) => ({ text: t.exposeString('text') }) })
    note.implement({ interfaces: [face], isTypeOf: () => true })
    const part = builder.objectRef<{ at: string }>('Part')
    part.implement({ extensions: { partOf: 'Note' }, fields: (t) => ({ at: t.exposeString('at') }) })
    builder.objectField(note, 'part', (t) => t.field({ type: part, resolve: () => ({ at: '' }) }))
    builder.queryField('note', (t) => t.field({ type: note, authScopes: { all: true }, resolve: () => ({ text: '' }) }))
    expect(() => assertOwnerRules(builder.toSchema())).not.toThrow()
  })

  test("a connection and its edge are their node's, but a type that merely ends in Edge is not", () => {
    const { builder, note } = scratch()
    note.implement({ authScopes: { all: true }, fields: (t) => ({ text: t.exposeString('text') }) })
    builder.queryField('notes', (t) =>
      t.connection({
        type: note,
        authScopes: { all: true },
        resolve: () => ({ edges: [], pageInfo: { hasNextPage: false, hasPreviousPage: false } }),
      }),
    )
    builder.objectType(builder.objectRef<{ secret: string }>('CliffEdge'), {
      fields: (t) => ({ secret: t.exposeString('secret') }),
    })
    expect(() => assertOwnerRules(builder.toSchema())).toThrow(/CliffEdge/)
    expect(() => assertOwnerRules(builder.toSchema())).not.toThrow(/NotesConnection|QueryNotesEdge/)
  })
})
