/** [T4] A page that has kept the server's earlier answer never takes from it that somebody has just shown who they are. */
import { expect, it } from 'vitest'
import { type Doors, doorsAsKnown } from '../../../pwa/features/sign-in/doors.ts'

const doors: Doors = {
  ...{ whyNotInvite: null, whyNotEnrol: null },
  provider: { handle: 'acme', organisationName: 'Acme', freshUntil: '2026-11-20T15:00:00.000Z' },
}

it('is asked again until the server has answered, and not after it has', () => {
  expect(doorsAsKnown(doors, true)?.provider).toEqual({ ...doors.provider, freshUntil: null })
  expect(doorsAsKnown(doors, false)).toBe(doors)
  expect(doorsAsKnown({ ...doors, provider: null }, true)?.provider).toBeNull()
  expect(doorsAsKnown(undefined, true)).toBeUndefined()
})
