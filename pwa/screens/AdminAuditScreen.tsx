// The audit of an organisation or of the server: filtered, paged, exported as it is chained. That things happened, never what was said (F7).
import './settings.css'
import { useEffect, useState } from 'react'
import { useLocation } from 'wouter'
import { AdminFrame } from '../features/admin/admin-frame.tsx'
import { actionWords, knownActions } from '../features/admin/audit-words.ts'
import { AdminPlacesDocument, AuditDocument, type AuditEntry, type AuditFilter } from '../features/admin/documents.ts'
import { exportAudit } from '../features/admin/export-audit.ts'
import { askAsAdmin, problemWords, useAdmin } from '../features/admin/use-admin.ts'
import { usePeople } from '../features/admin/use-people.ts'
import { At } from '../ui/age.tsx'
import { Header } from '../ui/bars.tsx'
import { Button, IconButton, TextLink } from '../ui/button.tsx'
import { Segmented } from '../ui/choice.tsx'
import { KeyValues } from '../ui/command-block.tsx'
import { Field } from '../ui/field.tsx'
import { Icon } from '../ui/icon.tsx'
import { EmptyState } from '../ui/note.tsx'
import { Group, GroupNote, Row } from '../ui/row.tsx'
import { Sheet, SheetPart, SheetTitle } from '../ui/sheet.tsx'

export default function AdminAuditScreen({ scopeId }: { scopeId: string }) {
  return (
    <AdminFrame onLeave={null}>
      <Audit scopeId={scopeId === 'server' ? null : scopeId} />
    </AdminFrame>
  )
}

type Wish = { outcome: 'ALL' | 'DONE' | 'REFUSED'; action: string; since: string; until: string }
const anything: Wish = { outcome: 'ALL', action: '', since: '', until: '' }
/** A day is meant as the person's own, from its beginning to its end. */
const dayStart = (day: string, later = 0): string | null => {
  const at = new Date(`${day}T00:00:00`)
  at.setDate(at.getDate() + later)
  return Number.isNaN(at.getTime()) ? null : at.toISOString()
}
const filterOf = (wish: Wish): AuditFilter => ({
  ...(wish.outcome === 'ALL' ? {} : { outcome: wish.outcome }),
  ...(wish.action === '' ? {} : { action: wish.action }),
  ...(wish.since === '' ? {} : { since: dayStart(wish.since) }),
  ...(wish.until === '' ? {} : { until: dayStart(wish.until, 1) }),
})

/** Pages under each other; another filter begins anew. */
function usePages(scopeId: string | null, filter: AuditFilter) {
  const [pages, setPages] = useState<{ entries: AuditEntry[]; after: string | null; said: string | null } | null>(null)
  const asked = JSON.stringify({ scopeId, filter })
  const read = async (after: string | null, before: readonly AuditEntry[]) => {
    const answer = await askAsAdmin(AuditDocument, { scopeId, filter, after })
    if ('problem' in answer) return { entries: [...before], after, said: problemWords(answer.problem) }
    const { edges, pageInfo } = answer.data.auditEntries
    const entries = [...before, ...edges.map(({ node }) => node)]
    return { entries, after: pageInfo.hasNextPage ? pageInfo.endCursor : null, said: null }
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is asked is the reason to read
  useEffect(() => {
    let gone = false
    setPages(null)
    void read(null, []).then((found) => !gone && setPages(found))
    return () => {
      gone = true
    }
  }, [asked])
  return { pages, more: async () => pages?.after && setPages(await read(pages.after, pages.entries)) }
}

function Audit({ scopeId }: { scopeId: string | null }) {
  const [, go] = useLocation()
  const { nameOf } = usePeople()
  const places = useAdmin(AdminPlacesDocument, {}).data
  const [wish, setWish] = useState(anything)
  const { pages, more } = usePages(scopeId, filterOf(wish))
  const [filtering, setFiltering] = useState(false)
  const [opened, setOpened] = useState<AuditEntry | null>(null)
  const [said, setSaid] = useState<string | null>(null)
  const name = scopeId === null ? 'this server' : (places?.organisations.find((one) => one.id === scopeId)?.name ?? '')
  const save = async () => {
    setSaid('Reading the whole chain.')
    setSaid(await exportAudit(scopeId, (count) => setSaid(`${count} entries so far.`)))
  }
  return (
    <div className="settings">
      <Header
        title={`Audit of ${name}`}
        meta="newest first"
        onBack={() => go('/admin')}
        end={
          <>
            <IconButton icon="sliders" label="Filter" pressed={filtering} onClick={() => setFiltering(!filtering)} />
            <IconButton icon="download" label="Export as JSON lines" onClick={() => void save()} />
          </>
        }
      />
      {filtering && (
        <search className="admin-filter">
          <Segmented
            bar
            label="Outcome"
            options={[
              { value: 'ALL', label: 'All' },
              { value: 'DONE', label: 'Done' },
              { value: 'REFUSED', label: 'Refused' },
            ]}
            value={wish.outcome}
            onChange={(outcome) => setWish({ ...wish, outcome })}
          />
          <label className="field">
            <span className="field-label">What</span>
            <select
              className="admin-select"
              value={wish.action}
              onChange={(event) => setWish({ ...wish, action: event.target.value })}
            >
              <option value="">Anything</option>
              {knownActions.map((action) => (
                <option key={action} value={action}>
                  {actionWords(action)}
                </option>
              ))}
            </select>
          </label>
          <div className="admin-filter-days">
            <Field label="From" type="date" value={wish.since} onChange={(since) => setWish({ ...wish, since })} />
            <Field label="To" type="date" value={wish.until} onChange={(until) => setWish({ ...wish, until })} />
          </div>
          <TextLink onClick={() => setWish(anything)}>Show everything</TextLink>
        </search>
      )}
      {said !== null && (
        <div role="status">
          <GroupNote>{said}</GroupNote>
        </div>
      )}
      {pages?.said && <EmptyState>{pages.said}</EmptyState>}
      {pages && pages.entries.length === 0 && !pages.said && <EmptyState>No entry fits.</EmptyState>}
      {pages && pages.entries.length > 0 && (
        <div className="admin-entries">
          <Group label="Entries">
            {pages.entries.map((entry) => (
              <Row
                key={entry.id}
                wrap
                lead={
                  <Icon
                    name={entry.outcome === 'REFUSED' ? 'lock' : 'tick'}
                    size={18}
                    label={entry.outcome === 'REFUSED' ? 'Refused' : 'Done'}
                  />
                }
                title={actionWords(entry.action)}
                age={<At at={entry.at} />}
                detail={
                  <>
                    {entry.outcome === 'REFUSED' && 'Refused. '}
                    {entry.actorName}
                    {entry.ownerId !== null && ` · ${nameOf(entry.ownerId)}`}
                  </>
                }
                onClick={() => setOpened(entry)}
              />
            ))}
          </Group>
        </div>
      )}
      {pages?.after != null && (
        <p className="admin-more">
          <TextLink onClick={() => void more()}>Show more</TextLink>
        </p>
      )}
      {opened && (
        <Sheet
          open
          onClose={() => setOpened(null)}
          label={actionWords(opened.action)}
          footer={
            <Button kind="quiet" tall block onClick={() => setOpened(null)}>
              Close
            </Button>
          }
        >
          <SheetTitle
            title={actionWords(opened.action)}
            who={
              <>
                {opened.actorName}, <At at={opened.at} seconds />
              </>
            }
          />
          <SheetPart>
            <KeyValues
              pairs={[
                {
                  key: 'Outcome',
                  value: opened.outcome === 'REFUSED' ? `Refused: ${opened.code ?? ''}` : 'Done',
                  plain: true,
                },
                ...(opened.rule === null ? [] : [{ key: 'Rule', value: opened.rule, plain: true }]),
                { key: 'What', value: opened.line },
                { key: 'From', value: `${opened.surface.toLowerCase()}, ${opened.actor}` },
                { key: 'Proof', value: opened.proof },
                ...(opened.ownerId === null ? [] : [{ key: 'Person', value: nameOf(opened.ownerId), plain: true }]),
                ...(opened.target === null ? [] : [{ key: 'Target', value: opened.target }]),
                ...(opened.whatDigest === null ? [] : [{ key: 'Digest', value: opened.whatDigest }]),
                { key: 'Number', value: String(opened.number) },
                { key: 'Hash', value: opened.hash },
              ]}
            />
          </SheetPart>
        </Sheet>
      )}
    </div>
  )
}
