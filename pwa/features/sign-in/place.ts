// Where a person wanted to go before they were asked to sign in. This tab alone knows it.

const NAME = 'offdesk-after-sign-in'
/** Paths of this page that a person may be sent back to; anything else is no wish of theirs. */
const places = new Set(['/login'])

/** Remembers where to go once they are in; this tab alone. */
export function remembersPlace(path: string): void {
  sessionStorage.setItem(NAME, path)
}

/** Once; the sessions where there was no wish. */
export function takePlace(): string {
  const path = sessionStorage.getItem(NAME)
  sessionStorage.removeItem(NAME)
  return path !== null && places.has(path) ? path : '/'
}
