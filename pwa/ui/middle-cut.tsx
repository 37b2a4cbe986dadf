// Paths too long for their place: cut in the middle, never in the file name.

/** At most `most` characters, unless the file name alone is longer: `src/…/handlers/create.ts`. Never cuts the file name. */
export function middleCut(path: string, most: number): string {
  if (path.length <= most) return path
  const parts = path.split('/')
  // A trailing slash belongs to the last folder's name.
  const last = parts.at(-1) === '' && parts.length > 1 ? `${parts.at(-2)}/` : (parts.at(-1) ?? '')
  const folders = parts.slice(0, last.endsWith('/') ? -2 : -1)
  if (folders.length === 0) return path
  let head = ''
  let tail = last
  // One folder from the front, then as many as fit before the file: the near ones say more.
  const first = `${folders[0]}/`
  if (first.length + 2 + tail.length <= most) head = first
  for (const folder of folders.slice(head === '' ? 0 : 1).reverse()) {
    const longer = `${folder}/${tail}`
    if (head.length + 2 + longer.length > most) break
    tail = longer
  }
  const whole = `${head}…/${tail}`
  return whole.length < path.length ? whole : path
}

/** A path on one line that gives way in the middle as the place gets narrower. The whole path stays for readers and on hover. */
export function PathText({ path }: { path: string }) {
  const cut = path.lastIndexOf('/', path.length - 2) + 1
  return (
    <span className="path" title={path}>
      {cut > 0 && <span className="path-head">{path.slice(0, cut)}</span>}
      <span className="path-name">{path.slice(cut)}</span>
    </span>
  )
}
