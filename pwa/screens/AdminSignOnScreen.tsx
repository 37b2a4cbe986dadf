// An organisation's own sign-in: what its provider must know, what holds now, changed and taken away.
import './settings.css'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { AdminFrame } from '../features/admin/admin-frame.tsx'
import { usePlaces } from '../features/admin/places.ts'
import { RemoveSingleSignOnDocument, SingleSignOnDocument } from '../features/admin/single-sign-on.ts'
import { SingleSignOnForm } from '../features/admin/single-sign-on-form.tsx'
import { askAsAdmin, problemWords, useAdmin } from '../features/admin/use-admin.ts'
import { At } from '../ui/age.tsx'
import { Header } from '../ui/bars.tsx'
import { KeyValues } from '../ui/command-block.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { EmptyState } from '../ui/note.tsx'
import { Group, GroupHeading, GroupNote, Row } from '../ui/row.tsx'

export default function AdminSignOnScreen({ scopeId }: { scopeId: string }) {
  return (
    <AdminFrame onLeave={null}>
      <SignOn organisationId={scopeId} />
    </AdminFrame>
  )
}

function SignOn({ organisationId }: { organisationId: string }) {
  const [, go] = useLocation()
  const { nameOf, may } = usePlaces()
  const { data, problem, reload } = useAdmin(SingleSignOnDocument, { organisationId })
  const [removing, setRemoving] = useState(false)
  const [said, setSaid] = useState<string | null>(null)
  const stands = data?.oidcConnection ?? null
  const server = data?.signInOptions.publicUrl ?? window.location.origin
  const remove = async () => {
    setRemoving(false)
    const answer = await askAsAdmin(RemoveSingleSignOnDocument, { organisationId })
    setSaid('problem' in answer ? `Not removed: ${problemWords(answer.problem)}` : 'Nobody signs in that way any more.')
    reload()
  }
  return (
    <div className="settings">
      <Header title="Single sign-on" meta={nameOf(organisationId)} onBack={() => go('/admin')} />
      {said !== null && (
        <div role="status">
          <GroupNote>{said}</GroupNote>
        </div>
      )}
      {problem && <EmptyState>{problemWords(problem)}</EmptyState>}
      {data && (
        <>
          <GroupHeading>For the provider</GroupHeading>
          <div className="admin-facts">
            <KeyValues
              pairs={[
                { key: 'Redirect', value: `${server}${stands?.redirectPath ?? `/sign-in/oidc/${organisationId}`}` },
                { key: 'Flow', value: 'Authorization code with PKCE', plain: true },
                { key: 'Scopes', value: 'openid profile' },
              ]}
            />
          </div>
          {stands && (
            <>
              <GroupHeading>For people</GroupHeading>
              <div className="admin-facts">
                <KeyValues
                  pairs={[
                    { key: 'Sign in at', value: `${server}${stands.signInPath}` },
                    {
                      key: 'New people',
                      value: stands.createsPersons ? 'Made by their first sign-in' : 'Not made by signing in',
                      plain: true,
                    },
                    {
                      key: 'Asks as',
                      value: stands.clientAuthentication === 'SECRET' ? 'A client with a secret' : 'A public client',
                      plain: true,
                    },
                  ]}
                />
              </div>
              <GroupNote>
                Changed <At at={stands.updatedAt} /> by {stands.updatedBy}
              </GroupNote>
            </>
          )}
          {may('SIGN_IN') ? (
            <>
              <GroupHeading>{stands ? 'Change it' : 'Set it up'}</GroupHeading>
              <SingleSignOnForm
                key={stands?.updatedAt ?? 'new'}
                {...{ organisationId, stands }}
                onKept={(words) => {
                  setSaid(words)
                  reload()
                }}
              />
              {stands && (
                <Group>
                  <Row
                    wrap
                    tone="destructive"
                    title="Remove single sign-on"
                    detail="Devices that signed in by it end with it"
                    onClick={() => setRemoving(true)}
                  />
                </Group>
              )}
            </>
          ) : (
            <GroupNote>This token may not change how people sign in.</GroupNote>
          )}
        </>
      )}
      <ConfirmDialog
        open={removing}
        title={`Remove single sign-on of ${nameOf(organisationId)}?`}
        confirm="Remove"
        destructive
        onClose={() => setRemoving(false)}
        onConfirm={() => void remove()}
      >
        Nobody signs in that way any more, and every device that did so ends within a second. People, sessions and
        paired devices stay.
      </ConfirmDialog>
    </div>
  )
}
