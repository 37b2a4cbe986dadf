/** [F6] Before a token is revoked its screen says how many end with it, as the server ends them: also through one that is over. */
import { expect, it } from 'vitest'
import { type ListedToken, madeCount } from '../../../../pwa/features/admin/tokens.ts'

const NOW = Date.parse('2026-11-20T15:00:00Z')
const token = (id: string, madeBy: string | null, over: Partial<ListedToken> = {}): ListedToken => ({
  ...{ id, madeBy, name: id, scopes: ['READ'], scopeId: null, createdBy: 'root', lastUsedAt: null, revokedAt: null },
  ...{ createdAt: '2026-11-20T14:00:00Z', expiresAt: '2026-11-21T14:00:00Z', ...over },
})

it('counts those that still open something, at any remove', () => {
  const tokens = [
    token('root', null),
    token('revoked', 'root', { revokedAt: '2026-11-20T14:30:00Z' }),
    token('of-revoked', 'revoked'),
    token('late', 'root', { expiresAt: '2026-11-20T14:59:00Z' }),
    token('of-late', 'late'),
    token('beside', null),
  ]
  expect(madeCount(tokens, 'root', NOW)).toBe(2)
  expect(madeCount(tokens, 'of-late', NOW)).toBe(0)
})
