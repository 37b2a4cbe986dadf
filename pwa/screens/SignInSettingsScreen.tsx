// Signing in, as a person keeps it: the passkeys that let them in from any browser, and the links that they gave to others.
import './settings.css'
import '../features/sign-in/sign-in.css'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { suggestName } from '../features/pairing/this-device.ts'
import { useDoors, whyNotWords } from '../features/sign-in/doors.ts'
import { InviteSheet } from '../features/sign-in/invite-sheet.tsx'
import type { Invitation, SignInPasskey } from '../features/sign-in/own-documents.ts'
import { useOwnSignIn } from '../features/sign-in/own-sign-in.ts'
import { signInFailure } from '../features/sign-in/sign-in-words.ts'
import type { Problem } from '../graphql/problem.ts'
import { Age, At } from '../ui/age.tsx'
import { Header } from '../ui/bars.tsx'
import { IconButton, TextLink } from '../ui/button.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { Icon } from '../ui/icon.tsx'
import { EmptyState } from '../ui/note.tsx'
import { Group, GroupHeading, GroupNote, Row } from '../ui/row.tsx'
import { Typed } from '../ui/typed.tsx'

const words = (problem: Problem): string => {
  const { title, detail } = signInFailure(problem)
  return `${title}. ${detail}`
}

function InvitationState({ state, expiresAt, usedAt, revokedAt }: Invitation) {
  switch (state) {
    case 'OPEN':
      return (
        <>
          Not used yet. Good until <At at={expiresAt} />
        </>
      )
    case 'USED':
      return <>Used {usedAt !== null && <At at={usedAt} />}</>
    case 'REVOKED':
      return <>Revoked {revokedAt !== null && <At at={revokedAt} />}</>
    case 'EXPIRED':
      return (
        <>
          Over since <At at={expiresAt} />, never used
        </>
      )
  }
}

export default function SignInSettingsScreen() {
  const [, go] = useLocation()
  const own = useOwnSignIn()
  const doors = useDoors()
  const [inviting, setInviting] = useState(false)
  const [removing, setRemoving] = useState<SignInPasskey | null>(null)
  const [said, setSaid] = useState<string | null>(null)
  const has = own.passkeys.length > 0
  const mayInvite = has && doors !== undefined && doors.whyNotInvite === null
  const tell = (doing: Promise<Problem | null>, done: string) =>
    void doing.then((problem) => setSaid(problem ? words(problem) : done))
  return (
    <div className="settings">
      <Header title="Signing in" onBack={() => go('/settings')} />
      {said !== null && (
        <div role="status">
          <GroupNote>{said}</GroupNote>
        </div>
      )}
      {own.problem && !own.loaded && <EmptyState>{own.problem.message}</EmptyState>}
      <GroupHeading icon="key">Your passkeys</GroupHeading>
      {own.loaded && !has && (
        <GroupNote>
          You have none to sign in with. At a terminal of yours, <Typed>offdesk invite --myself</Typed> prints a link:
          open it where the passkey is to be.
        </GroupNote>
      )}
      {has && (
        <Group label="Your passkeys">
          {own.passkeys.map((passkey) => (
            <Row
              key={passkey.id}
              lead={<Icon name="key" size={18} />}
              wrap
              title={passkey.name}
              detail={
                <>
                  Made <At at={passkey.createdAt} />
                  {passkey.lastUsedAt === null ? (
                    ', not used since'
                  ) : (
                    <>
                      , used <Age since={passkey.lastUsedAt} /> ago
                    </>
                  )}
                  {passkey.isSynced && '. Its maker may copy it to your other devices'}
                  {passkey.origin !== window.location.origin && `. For ${passkey.origin}`}
                </>
              }
              trailing={
                <IconButton icon="trash" label={`Remove ${passkey.name}`} onClick={() => setRemoving(passkey)} />
              }
            />
          ))}
          <Row
            lead={<Icon name="plus" size={18} />}
            wrap
            title="Add one here"
            detail="One that you have says yes first"
            onClick={() => tell(own.add(suggestName(navigator)), 'It is made. You can sign in with it from now on.')}
          />
        </Group>
      )}
      <GroupHeading icon="people">Invitations</GroupHeading>
      {doors?.whyNotInvite && <GroupNote>{whyNotWords(doors.whyNotInvite)}</GroupNote>}
      {doors && !doors.whyNotInvite && own.loaded && !has && (
        <GroupNote>
          You may invite others: here with a passkey of yours, or with <code>offdesk invite</code> and their name at a
          terminal of yours.
        </GroupNote>
      )}
      {own.loaded && (own.invitations.length > 0 || mayInvite) && (
        <Group label="Invitations">
          {own.invitations.map((invitation) => (
            <Row
              key={invitation.id}
              lead={<Icon name={invitation.kind === 'PASSKEY' ? 'key' : 'people'} size={18} />}
              wrap
              {...(invitation.state === 'OPEN' ? {} : { tone: 'muted' as const })}
              title={invitation.kind === 'PASSKEY' ? 'A passkey of your own' : invitation.name}
              detail={
                <>
                  <InvitationState {...invitation} />
                  {/* Whoever runs the server can make one too (offdesk recover). */}
                  {invitation.kind === 'PASSKEY' && `. Made by ${invitation.createdByName}`}
                </>
              }
              {...(invitation.state === 'OPEN'
                ? {
                    trailing: (
                      <TextLink onClick={() => tell(own.revoke(invitation.id), 'The link opens nothing any more.')}>
                        Revoke
                      </TextLink>
                    ),
                  }
                : {})}
            />
          ))}
          {mayInvite && (
            <Row
              lead={<Icon name="plus" size={18} />}
              wrap
              title="Invite somebody"
              detail="They get sessions of their own"
              onClick={() => setInviting(true)}
            />
          )}
        </Group>
      )}
      {inviting && <InviteSheet own={own} onClose={() => setInviting(false)} />}
      <ConfirmDialog
        open={removing !== null}
        title={`Remove ${removing?.name ?? ''}?`}
        confirm="Remove"
        destructive
        onClose={() => setRemoving(null)}
        onConfirm={() => {
          const one = removing
          setRemoving(null)
          if (one) tell(own.remove(one.id), `${one.name} signs nobody in any more.`)
        }}
      >
        Nobody signs in with it any more. What is signed in stays so until it is revoked under Devices.
      </ConfirmDialog>
    </div>
  )
}
