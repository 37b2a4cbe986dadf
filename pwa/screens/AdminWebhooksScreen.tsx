// Webhooks that an audit is streamed to: added with a secret that is shown once, how far each is, taken away (F5).
import './settings.css'
import { useEffect, useState } from 'react'
import { useLocation } from 'wouter'
import { AdminFrame } from '../features/admin/admin-frame.tsx'
import { usePlaces } from '../features/admin/places.ts'
import { askAsAdmin, problemWords, useAdmin } from '../features/admin/use-admin.ts'
import {
  AddWebhookDocument,
  deliveryWords,
  RemoveWebhookDocument,
  type Webhook,
  WebhooksDocument,
} from '../features/admin/webhooks.ts'
import { Header } from '../ui/bars.tsx'
import { Button, IconButton } from '../ui/button.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { Field } from '../ui/field.tsx'
import { Icon } from '../ui/icon.tsx'
import { EmptyState } from '../ui/note.tsx'
import { Group, GroupHeading, GroupNote, Row } from '../ui/row.tsx'
import { Sheet, SheetPart, SheetTitle } from '../ui/sheet.tsx'
import { ShownOnce } from '../ui/shown-once.tsx'

/** How often it is looked how far each is, while the page is seen. */
const LOOK_MS = 5_000

export default function AdminWebhooksScreen({ scopeId }: { scopeId: string }) {
  return (
    <AdminFrame onLeave={null}>
      <Webhooks scopeId={scopeId === 'server' ? null : scopeId} />
    </AdminFrame>
  )
}

function Webhooks({ scopeId }: { scopeId: string | null }) {
  const [, go] = useLocation()
  const { nameOf } = usePlaces()
  const { data, problem, reload } = useAdmin(WebhooksDocument, { scopeId })
  const [url, setUrl] = useState('')
  const [said, setSaid] = useState<string | null>(null)
  const [secret, setSecret] = useState<string | null>(null)
  const [removing, setRemoving] = useState<Webhook | null>(null)
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === 'visible' && reload(), LOOK_MS)
    return () => clearInterval(timer)
  }, [reload])
  const last = data?.auditEntries.edges[0]?.node.number ?? 0
  const hooks = data?.auditWebhooks ?? []

  const add = async () => {
    const answer = await askAsAdmin(AddWebhookDocument, { scopeId, url: url.trim() })
    if ('problem' in answer) return setSaid(problemWords(answer.problem))
    setSaid(null)
    setUrl('')
    setSecret(answer.data.addAuditWebhook.secret)
    reload()
  }
  const remove = async (hook: Webhook) => {
    setRemoving(null)
    const answer = await askAsAdmin(RemoveWebhookDocument, { id: hook.id })
    setSaid('problem' in answer ? `Not removed: ${problemWords(answer.problem)}` : null)
    reload()
  }
  return (
    <div className="settings">
      <Header title="Webhooks" meta={nameOf(scopeId)} onBack={() => go('/admin')} />
      <GroupNote>
        Each is sent the whole audit from its beginning, in order, each entry at least once, signed with its secret.
      </GroupNote>
      {problem && <EmptyState>{problemWords(problem)}</EmptyState>}
      {data && hooks.length === 0 && <EmptyState>Nothing is sent anywhere yet.</EmptyState>}
      {hooks.length > 0 && (
        <Group label="Webhooks">
          {hooks.map((hook) => {
            const delivery = deliveryWords(hook, last)
            return (
              <Row
                key={hook.id}
                lead={<Icon name={delivery.bad ? 'cross' : 'arrow-right'} size={18} />}
                wrap
                title={hook.url}
                detail={delivery.bad ? <span className="row-bad">{delivery.text}</span> : delivery.text}
                trailing={<IconButton icon="trash" label={`Remove ${hook.url}`} onClick={() => setRemoving(hook)} />}
              />
            )
          })}
        </Group>
      )}
      <GroupHeading>Add one</GroupHeading>
      <form
        className="admin-form"
        onSubmit={(event) => {
          event.preventDefault()
          void add()
        }}
      >
        <Field
          label="Address"
          type="url"
          inputMode="url"
          autoComplete="off"
          placeholder="https://siem.example.com/offdesk"
          hint="https at a public address."
          value={url}
          onChange={setUrl}
          {...(said === null ? {} : { error: said })}
        />
        <Button type="submit" kind="quiet" disabled={url.trim() === ''}>
          Add
        </Button>
      </form>
      {secret !== null && (
        <Sheet
          open
          onClose={() => setSecret(null)}
          label="The webhook’s secret"
          footer={
            <Button tall block onClick={() => setSecret(null)}>
              I have it
            </Button>
          }
        >
          <SheetTitle
            title="Its secret, shown this once"
            who="Whoever has it can tell Offdesk’s requests from others."
          />
          <SheetPart>
            <ShownOnce label="The webhook’s secret" value={secret} />
          </SheetPart>
          <SheetPart>
            <p className="type-second">
              Each request has <code>Offdesk-Signature: t=seconds,v1=hex</code>: the HMAC-SHA256 with this secret over
              the seconds, a dot and the body.
            </p>
          </SheetPart>
        </Sheet>
      )}
      <ConfirmDialog
        open={removing !== null}
        title="Remove this webhook?"
        confirm="Remove"
        destructive
        onClose={() => setRemoving(null)}
        onConfirm={() => removing && void remove(removing)}
      >
        {removing?.url} is sent nothing more. What it has stays there; added again it is sent everything anew.
      </ConfirmDialog>
    </div>
  )
}
