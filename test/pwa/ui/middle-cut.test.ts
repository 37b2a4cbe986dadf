// A path may lose its middle, never its file name.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { middleCut } from '../../../pwa/ui/middle-cut.tsx'

describe('middleCut', () => {
  it.each([
    ['src/a.ts', 20, 'src/a.ts'],
    ['src/server/graphql/handlers/create.ts', 28, 'src/…/handlers/create.ts'],
    ['src/server/graphql/handlers/create.ts', 16, 'src/…/create.ts'],
    ['src/server/graphql/handlers/create.ts', 5, '…/create.ts'],
    ['averyveryverylongfilename.test.ts', 10, 'averyveryverylongfilename.test.ts'],
    ['a/averyveryverylongfilename.test.ts', 10, 'a/averyveryverylongfilename.test.ts'],
    ['/usr/local/share/offdesk/demo/', 14, '/…/demo/'],
  ])('%s in %i characters is %s', (path, most, shown) => {
    expect(middleCut(path, most)).toBe(shown)
  })

  it('keeps the file name, fits unless that alone does not, and never grows', () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '.', '-', 'é'), minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 9 }), fc.integer({ min: 1, max: 60 }), (parts, most) => {
        const path = parts.join('/')
        const file = parts.at(-1) ?? ''
        const cut = middleCut(path, most)
        expect(cut.endsWith(file)).toBe(true)
        expect(cut.length).toBeLessThanOrEqual(path.length)
        expect(cut.length).toBeLessThanOrEqual(Math.max(most, file.length + 2))
        expect(cut === path || cut.split('…').length === 2).toBe(true)
      }),
    )
  })
})
