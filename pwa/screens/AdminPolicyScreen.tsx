// The policy of one enterprise or organisation (mockup 10a): changed here, tried, applied from the version that was read, rolled back.
import './settings.css'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { AdminFrame } from '../features/admin/admin-frame.tsx'
import { AdminPlacesDocument, type PolicyDocumentInput } from '../features/admin/documents.ts'
import { HistorySheet } from '../features/admin/history-sheet.tsx'
import { type Said, SettingEditor } from '../features/admin/setting-editor.tsx'
import { TrialSheet } from '../features/admin/trial-sheet.tsx'
import { problemWords, useAdmin } from '../features/admin/use-admin.ts'
import { usePeople } from '../features/admin/use-people.ts'
import { usePolicyDraft } from '../features/admin/use-policy-draft.ts'
import { settingNames, settingTitle, valueWords } from '../features/policy/setting-words.ts'
import { At } from '../ui/age.tsx'
import { Header } from '../ui/bars.tsx'
import { Answers, Button } from '../ui/button.tsx'
import { ChoiceRow } from '../ui/choice.tsx'
import { Icon } from '../ui/icon.tsx'
import { EmptyState } from '../ui/note.tsx'
import { Group, GroupHeading, GroupNote, Row } from '../ui/row.tsx'
import { Sheet, SheetTitle } from '../ui/sheet.tsx'

type Control = PolicyDocumentInput['remoteControl']
const controls: Record<'ent' | 'org', readonly { value: Control; title: string; detail: string }[]> = {
  ent: [
    { value: 'LET_ORGANIZATIONS_DECIDE', title: 'Up to the organisations', detail: 'Each says for itself.' },
    { value: 'DISABLED', title: 'Off', detail: 'For all its organisations, whatever they say.' },
    { value: 'VIEW', title: 'View only', detail: 'Follow sessions. No answers, no prompts.' },
    { value: 'VIEW_AND_CONTROL', title: 'View and control', detail: 'Up to each device’s own limit.' },
  ],
  org: [
    { value: 'DISABLED', title: 'Off', detail: 'Nothing is shown on any device.' },
    { value: 'VIEW', title: 'View only', detail: 'Follow sessions. No answers, no prompts.' },
    { value: 'VIEW_AND_CONTROL', title: 'View and control', detail: 'Up to each device’s own limit.' },
  ],
}
const others = settingNames.filter((name): name is Said => name !== 'remoteControl')

export default function AdminPolicyScreen({ scopeId }: { scopeId: string }) {
  return (
    <AdminFrame onLeave={null}>
      <Policy key={scopeId} scopeId={scopeId} />
    </AdminFrame>
  )
}

function Policy({ scopeId }: { scopeId: string }) {
  const [, go] = useLocation()
  const draft = usePolicyDraft(scopeId)
  const { nameOf } = usePeople()
  const places = useAdmin(AdminPlacesDocument, {}).data
  const [editing, setEditing] = useState<Said | null>(null)
  const [sheet, setSheet] = useState<'trial' | 'history' | null>(null)
  const kind = scopeId.startsWith('ent_') ? 'ent' : 'org'
  const all = [...(places?.enterprises ?? []), ...(places?.organisations ?? [])]
  const name = all.find((one) => one.id === scopeId)?.name ?? (kind === 'ent' ? 'Enterprise' : 'Organisation')
  const may = places?.thisAdminToken.scopes.includes('POLICY') ?? false
  const { document, standing, changed } = draft
  return (
    <div className="settings">
      <Header
        title={`Policy of ${name}`}
        meta={standing ? (standing.version === 0 ? 'Nothing said yet' : `Version ${standing.version}`) : ' '}
        onBack={() => go('/admin')}
      />
      {draft.problem && <EmptyState>{problemWords(draft.problem)}</EmptyState>}
      {document && (
        <>
          <GroupHeading>Remote control</GroupHeading>
          <Group label="Remote control">
            {controls[kind].map(({ value, title, detail }) => (
              <ChoiceRow
                key={value}
                kind="radio"
                name="remoteControl"
                value={value}
                checked={document.remoteControl === value}
                disabled={!may}
                onChange={() => draft.change({ remoteControl: value })}
                title={title}
                detail={detail}
              />
            ))}
          </Group>
          <GroupNote>
            {document.remoteControl === 'UNCONFIGURED' && 'Nothing said yet, which is off. '}
            What is applied reaches every running session within a second.
          </GroupNote>
          <GroupHeading>Limits</GroupHeading>
          <Group label="Limits">
            {others.map((one) => {
              const value = document[one] ?? null
              return (
                <Row
                  key={one}
                  wrap
                  title={settingTitle(one)}
                  end={value === null ? 'Left to the others' : valueWords(one, value)}
                  {...(changed.includes(one) ? { detail: 'Changed, not applied', tone: 'strong' as const } : {})}
                  chevron
                  disabled={!may}
                  onClick={() => setEditing(one)}
                />
              )
            })}
          </Group>
          <GroupNote>
            The enterprise’s word comes first; what it leaves open the organisation says. People, workstations and
            sessions only tighten.
          </GroupNote>
          <GroupHeading>History</GroupHeading>
          <Group>
            <Row
              lead={<Icon name="clock" size={18} />}
              wrap
              title="Earlier versions"
              detail={
                standing?.createdAt ? (
                  <>
                    Version {standing.version} by {standing.createdBy}, <At at={standing.createdAt} />
                    {standing.note !== null && `: ${standing.note}`}
                  </>
                ) : (
                  'None yet'
                )
              }
              chevron
              disabled={standing?.version === 0}
              onClick={() => setSheet('history')}
            />
          </Group>
        </>
      )}
      {changed.length > 0 && (
        <div className="admin-bar">
          <p role="status">
            {changed.length === 1 ? '1 change' : `${changed.length} changes`}, not applied:{' '}
            {changed.map(settingTitle).join(', ')}
          </p>
          <Answers>
            <Button kind="quiet" onClick={draft.discard}>
              Discard
            </Button>
            <Button onClick={() => setSheet('trial')}>Try it</Button>
          </Answers>
        </div>
      )}
      {editing !== null && document && (
        <Sheet
          open
          onClose={() => setEditing(null)}
          label={settingTitle(editing)}
          inertMs={0}
          footer={
            <Button tall block onClick={() => setEditing(null)}>
              Done
            </Button>
          }
        >
          <SheetTitle title={settingTitle(editing)} who="Nothing is applied before you have tried it." />
          <SettingEditor name={editing} document={document} onChange={draft.change} />
        </Sheet>
      )}
      {sheet === 'trial' && document && (
        <TrialSheet
          scopeId={scopeId}
          title="What would change"
          verb="Apply"
          document={document}
          nameOf={nameOf}
          withNote
          onApply={draft.apply}
          onClose={() => setSheet(null)}
        />
      )}
      {sheet === 'history' && standing && (
        <HistorySheet
          scopeId={scopeId}
          standing={standing}
          may={may}
          nameOf={nameOf}
          onChanged={draft.reload}
          onClose={() => setSheet(null)}
        />
      )}
    </div>
  )
}
