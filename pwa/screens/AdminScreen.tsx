// Administration: which enterprises and organisations the token reaches, and what can be done for each.
import './settings.css'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { AdminFrame } from '../features/admin/admin-frame.tsx'
import { keepAdminToken } from '../features/admin/admin-token.ts'
import {
  AdminPlacesDocument,
  type AdminToken,
  KillSwitchDocument,
  ThisAdminTokenDocument,
} from '../features/admin/documents.ts'
import { askAsAdmin, problemWords, useAdmin } from '../features/admin/use-admin.ts'
import { At } from '../ui/age.tsx'
import { Header } from '../ui/bars.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { Icon, type IconName } from '../ui/icon.tsx'
import { EmptyState } from '../ui/note.tsx'
import { Group, GroupHeading, GroupNote, Row } from '../ui/row.tsx'

const scopeWords: Record<AdminToken['scopes'][number], string> = {
  AUDIT: 'read the audit',
  DEVICES: 'see and revoke devices',
  MEMBERS: 'add and remove members',
  ORGANISATIONS: 'make organisations',
  POLICY: 'change policies',
  READ: 'read policies and members',
  SCIM: 'provision people and groups (SCIM)',
  TOKENS: 'make tokens',
}

export default function AdminScreen({ onLeave }: { onLeave: (() => void) | null }) {
  return (
    <AdminFrame onLeave={onLeave}>
      <Places onLeave={onLeave} />
    </AdminFrame>
  )
}

type Place = { id: string; name: string; kind: 'enterprise' | 'organisation' }

function Places({ onLeave }: { onLeave: (() => void) | null }) {
  const [, go] = useLocation()
  const own = useAdmin(ThisAdminTokenDocument, {})
  const token = own.data?.thisAdminToken
  const may = (scope: AdminToken['scopes'][number]) => token?.scopes.includes(scope) ?? false
  const { data, problem } = useAdmin(AdminPlacesDocument, token && may('READ') ? {} : null)
  const [ending, setEnding] = useState<Place | null>(null)
  const [said, setSaid] = useState<string | null>(null)

  const end = async (place: Place) => {
    setEnding(null)
    const answer = await askAsAdmin(KillSwitchDocument, { scopeId: place.id })
    setSaid(
      'problem' in answer
        ? `Not turned off: ${problemWords(answer.problem)}`
        : `Remote control is off for everybody under ${place.name}, since version ${answer.data.disableRemoteControl.version}.`,
    )
  }
  const link = (icon: IconName, title: string, path: string, detail?: string) => (
    <Row
      lead={<Icon name={icon} size={18} />}
      title={title}
      {...(detail === undefined ? {} : { detail })}
      chevron
      href={path}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return
        event.preventDefault()
        go(path)
      }}
    />
  )
  const section = (place: Place, detail: string) => (
    <section key={place.id} aria-label={place.name}>
      <GroupHeading icon={place.kind === 'enterprise' ? 'building' : 'people'} aside={detail}>
        {place.name}
      </GroupHeading>
      <Group>
        {link('sliders', 'Policy', `/admin/${place.id}/policy`)}
        {place.kind === 'organisation' && link('people', 'Members and devices', `/admin/${place.id}/members`)}
        {place.kind === 'organisation' && may('AUDIT') && link('list', 'Audit', `/admin/${place.id}/audit`)}
        {may('POLICY') && (
          <Row
            lead={<Icon name="stop" size={18} />}
            wrap
            tone="destructive"
            title="Turn remote control off now"
            onClick={() => setEnding(place)}
          />
        )}
      </Group>
    </section>
  )
  const organisations = data?.organisations ?? []
  return (
    <div className="settings">
      <Header
        title="Administration"
        {...(token ? { meta: token.name } : {})}
        {...(onLeave ? { onBack: onLeave } : {})}
      />
      {said !== null && (
        <div role="status">
          <GroupNote>{said}</GroupNote>
        </div>
      )}
      {(problem ?? own.problem) && (
        <EmptyState>{problemWords(problem ?? own.problem ?? { code: '', message: '' })}</EmptyState>
      )}
      {data?.enterprises.map((one) => section({ ...one, kind: 'enterprise' }, 'Enterprise'))}
      {organisations.map((one) =>
        section(
          { ...one, kind: 'organisation' },
          one.legalHoldSince === null ? 'Organisation' : 'Organisation, legal hold',
        ),
      )}
      {data && data.enterprises.length + organisations.length === 0 && (
        <EmptyState>No organisation yet. docs/admin.md shows how one is made.</EmptyState>
      )}
      {token?.scopeId === null && may('AUDIT') && (
        <>
          <GroupHeading icon="monitor">This server</GroupHeading>
          <Group>{link('list', 'Audit', '/admin/server/audit', 'What belongs to no organisation')}</Group>
        </>
      )}
      {token && (
        <>
          <GroupHeading icon="key">Token</GroupHeading>
          <Group>
            <Row
              wrap
              title={token.name}
              detail={
                <>
                  May {token.scopes.map((scope) => scopeWords[scope]).join(', ')}. Until <At at={token.expiresAt} />.
                </>
              }
            />
            <Row title="Forget it in this tab" tone="destructive" onClick={() => keepAdminToken(null)} />
          </Group>
        </>
      )}
      <ConfirmDialog
        open={ending !== null}
        title={`Turn remote control off for ${ending?.name ?? ''}?`}
        confirm="Turn it off now"
        destructive
        onClose={() => setEnding(null)}
        onConfirm={() => ending && void end(ending)}
      >
        Within a second nobody under it sees or steers a session from away. Agents go on at their terminals. The rest of
        the policy stays; rolling back turns it on again.
      </ConfirmDialog>
    </div>
  )
}
