/** Which pages may speak to this server from a browser. No cookies exist to be abused; this keeps other sites' scripts out of the port. */

/** `origins` are those this server is reached by; without an Origin it is no browser's page, and tokens decide. */
export function isOwnOrigin(
  origin: string | null | undefined,
  host: string | null | undefined,
  publicUrl: string | null,
): boolean {
  if (origin === null || origin === undefined) return true
  if (!URL.canParse(origin)) return false
  const from = new URL(origin)
  if (publicUrl && from.origin === new URL(publicUrl).origin) return true
  return (from.protocol === 'http:' || from.protocol === 'https:') && from.host === host
}
