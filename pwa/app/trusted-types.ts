// What a text may become (T8, G4): with `require-trusted-types-for 'script'` no text becomes markup or a script anywhere; the page's own worker is the one exception.
// Loaded first. Browsers without Trusted Types have the rest of the policy alone.

type Factory = { createPolicy(name: string, rules: { createScriptURL(url: string): string | null }): unknown }

/** Asked for every text that is given to a place where scripts come from; null is refused. */
export const scriptUrl = (url: string, origin: string): string | null =>
  url === '/sw.js' || url === `${origin}/sw.js` ? url : null

const { trustedTypes } = globalThis as { trustedTypes?: Factory }
trustedTypes?.createPolicy('default', { createScriptURL: (url) => scriptUrl(url, location.origin) })
