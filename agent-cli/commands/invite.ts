/** `offdesk invite`: a one-time link by which somebody else becomes a person at this server, or by which its own person adds a passkey. */
import { graphql } from '../remote/graphql.ts'
import { Mistake } from './mistake.ts'
import { say } from './say.ts'
import { openDesk } from './server-desk.ts'

const CreateInvitation = graphql(`
  mutation CreateInvitation($input: CreateInvitationInput!) {
    createInvitation(input: $input) { code link invitation { name expiresAt } }
  }
`)

/** Prints the link alone on stdout: it is shown once. */
export async function invite(
  name: string | undefined,
  how: { isMyself: boolean; hours: number },
  at: { readonly server: string | undefined },
): Promise<void> {
  const { isMyself, hours } = how
  if (isMyself === (name !== undefined)) throw new Mistake('Say who is invited: a name, or --myself.')
  const desk = await openDesk(at.server)
  const input = { kind: isMyself ? 'PASSKEY' : 'PERSON', name: name ?? 'you', hours } as const
  const { code, link, invitation } = (await desk.call(CreateInvitation, { input })).createInvitation
  const until = new Date(invitation.expiresAt).toLocaleString()
  say(
    isMyself
      ? `Open this once, until ${until}, in the browser whose passkey you will sign in with:`
      : `Send this to ${invitation.name} alone: whoever opens it first, until ${until}, is ${invitation.name} here, with sessions of their own.`,
  )
  if (link === null && isMine(desk.server))
    say(
      'The server has no public address, so this opens on its own machine alone. “offdesk serve --reach” gives it one.',
    )
  process.stdout.write(`${link ?? `${desk.server.replace('127.0.0.1', 'localhost')}/sign-in#${code}`}\n`)
}

/** Passkeys work on https and on localhost, never on a bare IP address. */
const isMine = (server: string): boolean => ['127.0.0.1', 'localhost'].includes(new URL(server).hostname)
