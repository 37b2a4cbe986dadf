// Where the reader is among what was found: older, newer, the list again, and the way back to the end. Stands where the thumb is.
import { IconButton, TextLink } from '../../ui/button.tsx'
import type { Find } from './use-find.ts'

export function FoundBar({ find }: { find: Find }) {
  const hits = find.found?.hits ?? []
  const last = hits.length - 1
  const wide = find.found?.state === 'more' ? '+' : ''
  return (
    <div className="found-bar">
      <span className="found-bar-where num" role="status">
        {hits.length === 0 ? '' : `${find.index + 1} of ${hits.length}${wide}`}
      </span>
      <IconButton
        icon="chevron-up"
        label="Older place"
        disabled={find.index >= last}
        onClick={() => find.goTo(find.index + 1)}
      />
      <IconButton
        icon="chevron-down"
        label="Newer place"
        disabled={find.index <= 0}
        onClick={() => find.goTo(find.index - 1)}
      />
      <IconButton icon="search" label="All places" onClick={find.open} />
      <TextLink onClick={find.leave}>To the end</TextLink>
    </div>
  )
}
