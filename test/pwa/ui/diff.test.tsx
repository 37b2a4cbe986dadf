// A change as a person reads it, with and without colour.
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import { Diff, DiffCounts } from '../../../pwa/ui/diff.tsx'
import { diffOfTexts } from '../../../pwa/ui/diff-lines.ts'

const words = (html: string) => html.replace(/<[^>]*>/g, '')

describe('Diff', () => {
  const change = diffOfTexts('a.ts', 'one\ntwo\n', 'one\n2\n3\n')

  it('carries the sign as a character and as a spoken word, not by colour alone', () => {
    const html = renderToStaticMarkup(<Diff files={[change]} />)
    expect(words(html)).toBe('1 one2-removed two2+added 23+added 3')
  })

  it('folds what is longer and says how long it is', () => {
    const folded = words(renderToStaticMarkup(<Diff files={[change]} foldAfter={2} />))
    expect(folded).toContain('Show all 4 lines')
    expect(folded).not.toContain('added 3')
    expect(words(renderToStaticMarkup(<Diff files={[change]} foldAfter={4} />))).not.toContain('Show all')
  })

  it('folds over several files and names each that shows', () => {
    const files = [change, { ...change, path: 'b.ts' }]
    const folded = words(renderToStaticMarkup(<Diff files={files} foldAfter={4} names />))
    expect(folded).toContain('a.ts')
    expect(folded).not.toContain('b.ts')
    expect(folded).toContain('Show all 8 lines')
  })

  it('[T8] shows characters that reorder a line as signs, and markup as text', () => {
    const html = renderToStaticMarkup(<Diff files={[diffOfTexts('a', null, 'if (admin\u202e) <b onclick=x>\n')]} />)
    expect(html).toContain('[RLO]')
    expect(html).toContain('&lt;b onclick=x&gt;')
  })

  it('counts in and out, and says when there is nothing', () => {
    expect(words(renderToStaticMarkup(<DiffCounts added={4} removed={1} />))).toBe('+4 lines added−1 line removed')
    expect(words(renderToStaticMarkup(<DiffCounts added={0} removed={0} />))).toBe('no lines')
  })
})
