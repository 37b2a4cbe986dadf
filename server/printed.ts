/** What the server prints for the person who starts it or who asks it for a way back: where it is, and what each code is for. Knows no database and no stream. */
import type { WayBack } from './auth/sign-in/recovering.ts'

export type Served = { readonly url: string; readonly publicUrl: string | null }

/** Passkeys work on the public address, else on localhost of this very machine: never on a bare IP address. */
export const signInLink = ({ url, publicUrl }: Served, code: string): string =>
  `${publicUrl ?? url.replace('127.0.0.1', 'localhost')}/sign-in#${code}`

const login = ({ url, publicUrl }: Served, code: string): string => `offdesk login ${publicUrl ?? url} --code ${code}`

/** Either may be null: then somebody owns this server, or a workstation is known to it. */
export function firstWords(at: Served, { setupCode, link }: { setupCode: string | null; link: string | null }): string {
  const lines = [`Offdesk is at ${at.publicUrl ?? at.url}`]
  if (setupCode) lines.push(`Setup code for the first host: ${setupCode}`, `  ${login(at, setupCode)}`)
  if (link) lines.push(`Or own this server with a passkey, in a browser, once and within the hour: ${link}`)
  return lines.join('\n')
}

export const wayBackWords = ({ owner, linkCode, setupCode }: WayBack, at: Served): string =>
  [
    `A way back in for ${owner.name}, who owns this server. Either works once, within the hour; what was printed so before opens nothing any more.`,
    `In a browser, with a new passkey: ${signInLink(at, linkCode)}`,
    `At a workstation: ${login(at, setupCode)}`,
    ...(at.publicUrl === null
      ? [
          'Without a public address that is for this machine alone. Set OFFDESK_PUBLIC_URL to the one people use, and run this again.',
        ]
      : []),
    'Was something stolen? Then revoke it once you are in: Settings, Devices and workstations. The audit says that this was asked for.',
  ].join('\n')
