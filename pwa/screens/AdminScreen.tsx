// Administration: which enterprises and organisations the token reaches, what can be done for each, and making them.
import './settings.css'
import { type ComponentProps, useState } from 'react'
import { useLocation } from 'wouter'
import { AdminFrame } from '../features/admin/admin-frame.tsx'
import { keepAdminToken } from '../features/admin/admin-token.ts'
import { KillSwitchDocument } from '../features/admin/documents.ts'
import { FoundingSheet } from '../features/admin/founding-sheet.tsx'
import { LegalHoldRow } from '../features/admin/legal-hold.tsx'
import { SERVER, usePlaces } from '../features/admin/places.ts'
import { mayWords } from '../features/admin/scope-words.ts'
import { askAsAdmin, problemWords } from '../features/admin/use-admin.ts'
import { At } from '../ui/age.tsx'
import { Header } from '../ui/bars.tsx'
import { Button } from '../ui/button.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { Icon, type IconName } from '../ui/icon.tsx'
import { EmptyState } from '../ui/note.tsx'
import { Group, GroupHeading, GroupNote, Row } from '../ui/row.tsx'

export default function AdminScreen({ onLeave }: { onLeave: (() => void) | null }) {
  return (
    <AdminFrame onLeave={onLeave}>
      <Places onLeave={onLeave} />
    </AdminFrame>
  )
}

type Place = { id: string; name: string }
type Founding = ComponentProps<typeof FoundingSheet>['what']

/** A screen of its own behind a row. */
function Leads({ icon, title, path, detail }: { icon: IconName; title: string; path: string; detail?: string }) {
  const [, go] = useLocation()
  return (
    <Row
      lead={<Icon name={icon} size={18} />}
      wrap
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
}

function Places({ onLeave }: { onLeave: (() => void) | null }) {
  const { token, may, enterprises, organisations, problem, loaded, reload } = usePlaces()
  const [ending, setEnding] = useState<Place | null>(null)
  const [founding, setFounding] = useState<Founding | null>(null)
  const [said, setSaid] = useState<string | null>(null)
  const isServers = token?.scopeId === null
  const tell = (words: string) => {
    setSaid(words)
    reload()
  }
  const end = async (place: Place) => {
    setEnding(null)
    const answer = await askAsAdmin(KillSwitchDocument, { scopeId: place.id })
    setSaid(
      'problem' in answer
        ? `Not turned off: ${problemWords(answer.problem)}`
        : `Remote control is off for everybody under ${place.name}, since version ${answer.data.disableRemoteControl.version}.`,
    )
  }
  const adds = (title: string, what: Founding) => (
    <Row lead={<Icon name="plus" size={18} />} wrap title={title} onClick={() => setFounding(what)} />
  )
  const killSwitch = (place: Place) =>
    may('POLICY') && (
      <Row
        lead={<Icon name="stop" size={18} />}
        wrap
        tone="destructive"
        title="Turn remote control off now"
        onClick={() => setEnding(place)}
      />
    )
  const isEmpty = loaded && enterprises.length + organisations.length === 0
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
      {problem && (
        <EmptyState action={<Button onClick={() => keepAdminToken(null)}>Use another token</Button>}>
          {problemWords(problem)}
        </EmptyState>
      )}
      {isEmpty && (
        <EmptyState
          action={
            isServers &&
            may('ORGANISATIONS') && (
              <Button onClick={() => setFounding({ kind: 'enterprise' })}>Make an enterprise</Button>
            )
          }
        >
          No organisation yet. Until people belong to one, each decides for themselves.
        </EmptyState>
      )}
      {enterprises.map((place) => (
        <section key={place.id} aria-label={place.name}>
          <GroupHeading icon="building" aside="Enterprise">
            {place.name}
          </GroupHeading>
          <Group>
            <Leads icon="sliders" title="Policy" path={`/admin/${place.id}/policy`} />
            {may('ORGANISATIONS') && adds('Add organisations', { kind: 'organisations', under: place })}
            {killSwitch(place)}
          </Group>
        </section>
      ))}
      {organisations.map((place) => (
        <section key={place.id} aria-label={place.name}>
          <GroupHeading
            icon="people"
            aside={place.legalHoldSince === null ? 'Organisation' : 'Organisation, legal hold'}
          >
            {place.name}
          </GroupHeading>
          <Group>
            <Leads icon="sliders" title="Policy" path={`/admin/${place.id}/policy`} />
            <Leads icon="people" title="Members and devices" path={`/admin/${place.id}/members`} />
            <Leads icon="key" title="Single sign-on" path={`/admin/${place.id}/sign-on`} />
            {may('AUDIT') && <Leads icon="list" title="Audit" path={`/admin/${place.id}/audit`} />}
            {may('AUDIT') && <Leads icon="arrow-right" title="Webhooks" path={`/admin/${place.id}/webhooks`} />}
            {may('AUDIT') && <LegalHoldRow organisation={place} onSaid={tell} />}
            {killSwitch(place)}
          </Group>
        </section>
      ))}
      {isServers && (may('AUDIT') || (may('ORGANISATIONS') && !isEmpty)) && (
        <>
          <GroupHeading icon="monitor">{SERVER}</GroupHeading>
          <Group>
            {may('AUDIT') && (
              <Leads icon="list" title="Audit" path="/admin/server/audit" detail="What belongs to no organisation" />
            )}
            {may('AUDIT') && <Leads icon="arrow-right" title="Webhooks" path="/admin/server/webhooks" />}
            {may('ORGANISATIONS') && !isEmpty && adds('New enterprise', { kind: 'enterprise' })}
            {may('ORGANISATIONS') && adds('New organisation', { kind: 'organisations', under: null })}
          </Group>
        </>
      )}
      {token && (
        <>
          <GroupHeading icon="key">Tokens</GroupHeading>
          <Group>
            <Row
              lead={<Icon name="key" size={18} />}
              wrap
              title={`${token.name}, this tab’s own`}
              detail={
                <>
                  {mayWords(token.scopes)} Until <At at={token.expiresAt} />.
                </>
              }
            />
            {may('TOKENS') && <Leads icon="list" title="All tokens" path="/admin/tokens" />}
            <Row
              lead={<Icon name="cross" size={18} />}
              title="Forget it in this tab"
              tone="destructive"
              onClick={() => keepAdminToken(null)}
            />
          </Group>
        </>
      )}
      {founding && (
        <FoundingSheet
          what={founding}
          mayGovern={may('POLICY')}
          onClose={() => {
            setFounding(null)
            reload()
          }}
          onDone={(words) => {
            setFounding(null)
            tell(words)
          }}
        />
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
