// Marks words where they stand on the page without touching its elements, in browsers that can (the CSS highlight registry).

const NAME = 'found'

/** Marks every occurrence inside; the function returned takes the marks away. Does nothing where the browser cannot. */
export function markWords(inside: Element, words: string): () => void {
  const sought = words.trim().toLowerCase()
  if (sought === '' || typeof Highlight === 'undefined' || !('highlights' in CSS)) return () => undefined
  const highlight = new Highlight()
  const walker = document.createTreeWalker(inside, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = (node.textContent ?? '').toLowerCase()
    // Letters whose small form is longer would shift the places: such a text stays unmarked.
    if (text.length !== node.textContent?.length) continue
    for (let at = text.indexOf(sought); at >= 0; at = text.indexOf(sought, at + sought.length)) {
      const range = document.createRange()
      range.setStart(node, at)
      range.setEnd(node, at + sought.length)
      highlight.add(range)
    }
  }
  CSS.highlights.set(NAME, highlight)
  return () => {
    if (CSS.highlights.get(NAME) === highlight) CSS.highlights.delete(NAME)
  }
}
