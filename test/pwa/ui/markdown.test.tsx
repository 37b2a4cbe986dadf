// What an agent may put on the screen: words, never markup (T8).
import fc from 'fast-check'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import { Markdown } from '../../../pwa/ui/markdown.tsx'
import { safeLink } from '../../../pwa/ui/markdown-links.ts'

const allowed = new Set(
  'div p span h3 h4 h5 h6 ul ol li blockquote pre code strong em del br hr a table thead tbody tr th td input'.split(
    ' ',
  ),
)
const attributes = new Set(
  'class href title target rel start tabindex aria-hidden aria-label type checked disabled readonly'.split(' '),
)

/** Every start tag of the rendered page with its attributes; text is escaped by then, so a `<` opens a real element. */
function elements(html: string): { tag: string; attributes: Map<string, string> }[] {
  return [...html.matchAll(/<([a-zA-Z][^\s/>]*)((?:\s+[^\s=>/]+(?:="[^"]*")?)*)\s*\/?>/g)].map((match) => ({
    tag: match[1] ?? '',
    attributes: new Map(
      [...(match[2] ?? '').matchAll(/([^\s=]+)(?:="([^"]*)")?/g)].map((pair) => [
        (pair[1] ?? '').toLowerCase(),
        pair[2] ?? '',
      ]),
    ),
  }))
}

function expectHarmless(html: string): void {
  for (const element of elements(html)) {
    expect(allowed, `element ${element.tag}`).toContain(element.tag)
    for (const [name, value] of element.attributes) {
      expect(attributes, `attribute ${name} of ${element.tag}`).toContain(name)
      if (name === 'href') expect(value).toMatch(/^(?:https?:\/\/|mailto:)/)
    }
  }
  // Nothing that opens an element escaped the reading above.
  expect(html.match(/<[a-zA-Z]/g)?.length ?? 0).toBe(elements(html).length)
}

const render = (text: string, streaming = false) => renderToStaticMarkup(<Markdown text={text} streaming={streaming} />)

const vectors = [
  '[x](javascript:alert(1))',
  '[x](JaVaScRiPt:alert(1))',
  '[x](java\nscript:alert(1))',
  '[x](java&#x09;script:alert(1))',
  '[x](javascript&colon;alert(1))',
  '[x](&#106;avascript:alert(1))',
  '[x](\u0001javascript:alert(1))',
  '[x](data:text/html;base64,PHNjcmlwdD4=)',
  '[x](vbscript:x)',
  '[x](file:///etc/passwd)',
  '[x](blob:https://a/b)',
  '[x](//evil.example/a)',
  '[x](/relative)',
  '[x]( https://ok.example )',
  '[x](https://ok.example "t\\" onmouseover=alert(1)")',
  '[x]: javascript:alert(1)\n\n[x] and ![x]',
  '<javascript:alert(1)>',
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  'a <b onclick=alert(1)>b</b> c',
  '<a href="javascript:alert(1)">x</a>',
  '<svg/onload=alert(1)>',
  '<style>*{display:none}</style>',
  '<iframe srcdoc="<script>1</script>"></iframe>',
  '<!-- --><![CDATA[ ]]><?php ?>',
  '![x](https://tracker.example/a.png)',
  '![x](javascript:alert(1))',
  '![![a](javascript:1)](https://x.example "<img>")',
  '[![a](https://i.example/i.png)](javascript:alert(1))',
  '[a [b](javascript:1) c](https://x.example)',
  '> - [ ] <input autofocus onfocus=alert(1)>\n>   [x](javascript:1)',
  '| <b>a</b> | [b](javascript:1) |\n|---|---|\n| <script>1</script> | ![i](data:image/svg+xml,<svg/>) |',
  '```html onload=alert(1)\n<script>alert(1)</script>\n```',
  '```"><img src=x>\nx\n```',
  '`<script>alert(1)</script>`',
  '&lt;script&gt;alert(1)&lt;/script&gt; &#60;img src=x&#62;',
  '# <img src=x onerror=1> [x](javascript:1)',
  '1. a\n   <div onclick=1>\n   </div>',
  'www.example.com and a@example.com and https://example.com/<script>',
  '~~<s>[x](javascript:1)</s>~~',
]

describe('markdown', () => {
  it.each(vectors)('[T8] renders only listed elements and safe links: %j', (vector) => {
    expectHarmless(render(vector))
    expectHarmless(render(vector, true))
    expectHarmless(render(`> ${vector.replaceAll('\n', '\n> ')}\n\n- ${vector.replaceAll('\n', '\n  ')}`))
  })

  it('[T8] holds for any mixture of vectors and noise', () => {
    const piece = fc.oneof(
      fc.constantFrom(...vectors),
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('\n', '\n\n', '  ', '> ', '- ', '*', '`', '[', '](', ')', '<', '>', '|'),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        expectHarmless(render(pieces.join('')))
      }),
      { numRuns: 300 },
    )
  })

  it('[T8] the check itself sees a forbidden element, attribute and address', () => {
    expect(() => expectHarmless('<p><script>1</script></p>')).toThrow()
    expect(() => expectHarmless('<p onclick="x">1</p>')).toThrow()
    expect(() => expectHarmless('<a href="javascript:1">1</a>')).toThrow()
  })

  it('shows raw HTML as the text it is', () => {
    expect(render('<b>bold?</b>')).toContain('&lt;b&gt;')
  })

  it('never loads an image: it is a link with its words', () => {
    const html = render('![a chart](https://example.com/c.png)')
    expect(html).not.toContain('<img')
    expect(html).toContain('href="https://example.com/c.png"')
    expect(html).toContain('Image: a chart')
  })

  it('opens links elsewhere and gives them no opener', () => {
    expect(render('[a](https://example.com)')).toContain('target="_blank" rel="noopener noreferrer"')
  })

  it('keeps the address of what may not be a link readable', () => {
    expect(render('[click](javascript:alert(1))')).toContain('javascript:alert(1)')
  })

  it('renders lists, tables, code, tasks and entities', () => {
    const html = render('3. a\n4. b &amp; c\n\n- [x] done\n\n|a|b|\n|---|---:|\n|1|2|\n\n```ts\nconst a = 1\n```')
    expect(html).toContain('<ol start="3">')
    expect(html).toContain('b &amp; c')
    expect(html).toMatch(/<input type="checkbox"[^>]*checked=""/)
    expect(html).toContain('<td class="md-right">2</td>')
    expect(html).toContain('const a = 1')
  })

  it('puts the caret at the end of the last piece, and only while streaming', () => {
    expect(render('- a\n- b', true)).toMatch(/b<span class="caret"[^>]*><\/span><\/li>/)
    expect(render('', true)).toContain('caret')
    expect(render('- a\n- b')).not.toContain('caret')
  })

  it.each([
    ['nested quotes', '>'.repeat(20_000)],
    ['nested lists', '- '.repeat(20_000)],
    ['open brackets', '['.repeat(50_000)],
    ['open emphasis', '*a '.repeat(20_000)],
    ['mixed emphasis', '*a_'.repeat(20_000)],
    ['open code', '`a``b```'.repeat(5_000)],
    ['open links', '[a]('.repeat(20_000)],
    ['open tags', '<a '.repeat(20_000)],
    ['a long line', 'x'.repeat(150_000)],
    ['a wide table', `${'|a'.repeat(5_000)}|\n${'|-'.repeat(5_000)}|`],
    ['indented quotes', `${' > '.repeat(10_000)}x`],
    ['images', '![a'.repeat(20_000)],
  ])(
    'does not hold the screen for hostile %s',
    (_, text) => {
      const started = performance.now()
      expectHarmless(render(text))
      expect(performance.now() - started).toBeLessThan(5_000)
    },
    20_000,
  )
})

describe('safeLink', () => {
  it('returns only absolute http, https and mailto addresses', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl(), fc.constantFrom(...vectors)), (address) => {
        const safe = safeLink(address)
        if (safe !== undefined) expect(['http:', 'https:', 'mailto:']).toContain(new URL(safe).protocol)
      }),
    )
    expect(safeLink('https://example.com/a')).toBe('https://example.com/a')
  })
})
