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
      : `Send this to ${invitation.name} alone: it works once, until ${until}, and makes them a person of their own here.`,
  )
  process.stdout.write(`${link ?? `${desk.server.replace('127.0.0.1', 'localhost')}/sign-in#${code}`}\n`)
}
