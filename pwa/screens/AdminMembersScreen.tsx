// The people of one organisation, and for each what holds, why, and from which devices they act. Never what they do (F7).
import './settings.css'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { AdminFrame } from '../features/admin/admin-frame.tsx'
import { AddMemberDocument, AdminPlacesDocument } from '../features/admin/documents.ts'
import { InviteMember } from '../features/admin/invite-member.tsx'
import { askAsAdmin, problemWords, useAdmin } from '../features/admin/use-admin.ts'
import { usePeople } from '../features/admin/use-people.ts'
import { At } from '../ui/age.tsx'
import { Header } from '../ui/bars.tsx'
import { Button } from '../ui/button.tsx'
import { Field } from '../ui/field.tsx'
import { Icon } from '../ui/icon.tsx'
import { EmptyState } from '../ui/note.tsx'
import { Group, GroupHeading, GroupNote, Row } from '../ui/row.tsx'

export default function AdminMembersScreen({ scopeId }: { scopeId: string }) {
  return (
    <AdminFrame onLeave={null}>
      <Members scopeId={scopeId} />
    </AdminFrame>
  )
}

function Members({ scopeId }: { scopeId: string }) {
  const [, go] = useLocation()
  const places = useAdmin(AdminPlacesDocument, {}).data
  const { people, problem, reload, loaded } = usePeople()
  const [ownerId, setOwnerId] = useState('')
  const [said, setSaid] = useState<string | null>(null)
  const members = people.filter((person) => person.organisationId === scopeId)
  const name = places?.organisations.find((one) => one.id === scopeId)?.name ?? 'Organisation'
  const may = places?.thisAdminToken.scopes.includes('MEMBERS') ?? false
  const add = async () => {
    const answer = await askAsAdmin(AddMemberDocument, { organisationId: scopeId, ownerId: ownerId.trim() })
    setSaid(
      'problem' in answer
        ? `Not added: ${problemWords(answer.problem)}`
        : `${answer.data.addMember.name} belongs to ${name} now.`,
    )
    if ('data' in answer) setOwnerId('')
    reload()
  }
  return (
    <div className="settings">
      <Header
        title={`Members of ${name}`}
        meta={loaded ? (members.length === 1 ? '1 person' : `${members.length} people`) : ' '}
        onBack={() => go('/admin')}
      />
      {problem && <EmptyState>{problemWords(problem)}</EmptyState>}
      {loaded && members.length === 0 && <EmptyState>Nobody belongs to {name} yet.</EmptyState>}
      {members.length > 0 && (
        <Group label="Members">
          {members.map((member) => (
            <Row
              key={member.ownerId}
              lead={<Icon name="people" size={18} />}
              wrap
              title={member.name}
              detail={
                <>
                  Since <At at={member.since} />, added by {member.addedBy}
                </>
              }
              chevron
              onClick={() => go(`/admin/${scopeId}/members/${member.ownerId}`)}
            />
          ))}
        </Group>
      )}
      {may && (
        <>
          <InviteMember organisationId={scopeId} name={name} />
          <GroupHeading>Add somebody who is here already</GroupHeading>
          <form
            className="admin-form"
            onSubmit={(event) => {
              event.preventDefault()
              void add()
            }}
          >
            <Field
              label="Their id"
              placeholder="own_…"
              hint="They find it under Settings, About. From then on this organisation’s policy holds for them."
              value={ownerId}
              onChange={setOwnerId}
              autoComplete="off"
            />
            <Button type="submit" kind="quiet" disabled={ownerId.trim() === ''}>
              Add
            </Button>
          </form>
        </>
      )}
      {said !== null && (
        <div role="status">
          <GroupNote>{said}</GroupNote>
        </div>
      )}
    </div>
  )
}
