// People come into an organisation by a one-time link: made here, shown once, listed until it is used, taken back.
import { useState } from 'react'
import { At } from '../../ui/age.tsx'
import { Button, TextLink } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Group, GroupHeading, Row } from '../../ui/row.tsx'
import { InvitationLink, type InvitationMade } from '../sign-in/invitation-link.tsx'
import { CreateInvitationDocument, InvitationsDocument, RevokeInvitationDocument } from '../sign-in/own-documents.ts'
import { askAsAdmin, problemWords, useAdmin } from './use-admin.ts'

const HOURS = 72

export function InviteMember({ organisationId, name }: { organisationId: string; name: string }) {
  const { data, reload } = useAdmin(InvitationsDocument, {})
  const [person, setPerson] = useState('')
  const [said, setSaid] = useState<string | null>(null)
  const [made, setMade] = useState<InvitationMade | null>(null)
  const open = (data?.invitations ?? []).filter((one) => one.organisationId === organisationId && one.state === 'OPEN')
  const invite = async () => {
    const input = { kind: 'PERSON' as const, name: person.trim(), organisationId, hours: HOURS }
    const answer = await askAsAdmin(CreateInvitationDocument, { input })
    if ('problem' in answer) return setSaid(problemWords(answer.problem))
    const { link, code, invitation } = answer.data.createInvitation
    setSaid(null)
    setPerson('')
    setMade({ ...invitation, link: link ?? `${window.location.origin}/sign-in#${code}` })
    reload()
  }
  const revoke = async (id: string) => {
    const answer = await askAsAdmin(RevokeInvitationDocument, { id })
    setSaid('problem' in answer ? problemWords(answer.problem) : null)
    reload()
  }
  return (
    <>
      <GroupHeading>Invite a person</GroupHeading>
      {open.length > 0 && (
        <Group label="Invitations">
          {open.map((one) => (
            <Row
              key={one.id}
              lead={<Icon name="clock" size={18} />}
              wrap
              title={one.name}
              detail={
                <>
                  Not used yet. Good until <At at={one.expiresAt} />, by {one.createdByName}
                </>
              }
              trailing={<TextLink onClick={() => void revoke(one.id)}>Revoke</TextLink>}
            />
          ))}
        </Group>
      )}
      <form
        className="admin-form"
        onSubmit={(event) => {
          event.preventDefault()
          void invite()
        }}
      >
        <Field
          label="Their name"
          hint={`A link makes them a member of ${name}. It opens once, within three days.`}
          value={person}
          onChange={setPerson}
          maxLength={120}
          autoComplete="off"
          {...(said === null ? {} : { error: said })}
        />
        <Button type="submit" kind="quiet" disabled={person.trim() === ''}>
          Make a link
        </Button>
      </form>
      {made && <InvitationLink made={made} onClose={() => setMade(null)} />}
    </>
  )
}
