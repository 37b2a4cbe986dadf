// Tokens of admins and of their scripts: what each may do, when it was used last, made and ended (F6).
import './settings.css'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { AdminFrame } from '../features/admin/admin-frame.tsx'
import { keepAdminToken } from '../features/admin/admin-token.ts'
import { NewTokenSheet } from '../features/admin/new-token-sheet.tsx'
import { SERVER, usePlaces } from '../features/admin/places.ts'
import { mayWords } from '../features/admin/scope-words.ts'
import {
  AdminTokensDocument,
  endsToo,
  inOrder,
  isOver,
  type ListedToken,
  madeCount,
  RevokeAdminTokenDocument,
} from '../features/admin/tokens.ts'
import { askAsAdmin, problemWords, useAdmin } from '../features/admin/use-admin.ts'
import { Age, At } from '../ui/age.tsx'
import { Header } from '../ui/bars.tsx'
import { TextLink } from '../ui/button.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { Icon } from '../ui/icon.tsx'
import { EmptyState } from '../ui/note.tsx'
import { Group, GroupNote, Row } from '../ui/row.tsx'

export default function AdminTokensScreen() {
  return (
    <AdminFrame onLeave={null}>
      <Tokens />
    </AdminFrame>
  )
}

function Tokens() {
  const [, go] = useLocation()
  const places = usePlaces()
  const { data, problem, reload } = useAdmin(AdminTokensDocument, {})
  const [making, setMaking] = useState(false)
  const [ending, setEnding] = useState<ListedToken | null>(null)
  const [said, setSaid] = useState<string | null>(null)
  const own = places.token
  const now = Date.now()
  const tokens = inOrder(data?.adminTokens ?? [], now)
  const reached = [
    ...(own?.scopeId === null ? [{ id: null, name: SERVER }] : []),
    ...places.enterprises,
    ...places.organisations,
  ]
  const end = async (token: ListedToken) => {
    setEnding(null)
    const answer = await askAsAdmin(RevokeAdminTokenDocument, { id: token.id })
    if ('problem' in answer) return setSaid(`Not revoked: ${problemWords(answer.problem)}`)
    if (token.id === own?.id) return keepAdminToken(null)
    setSaid(`${token.name} is revoked. What it holds open ends within a second.`)
    reload()
  }
  return (
    <div className="settings">
      <Header
        title="Tokens"
        meta={data ? (tokens.length === 1 ? '1 token' : `${tokens.length} tokens`) : ' '}
        onBack={() => go('/admin')}
      />
      {said !== null && (
        <div role="status">
          <GroupNote>{said}</GroupNote>
        </div>
      )}
      {problem && <EmptyState>{problemWords(problem)}</EmptyState>}
      {data && (
        <Group label="Tokens">
          {tokens.map((token) => (
            <Row
              key={token.id}
              lead={<Icon name="key" size={18} />}
              wrap
              {...(isOver(token, now) ? { tone: 'muted' as const } : {})}
              title={token.id === own?.id ? `${token.name}, this tab’s own` : token.name}
              detail={
                <>
                  {places.nameOf(token.scopeId)}. {mayWords(token.scopes)}
                  {token.madeBy !== null && ` Made by ${token.createdBy}.`}
                  <br />
                  {token.lastUsedAt === null ? (
                    'Not used yet'
                  ) : (
                    <>
                      Used <Age since={token.lastUsedAt} /> ago
                    </>
                  )}
                  {' · '}
                  {token.revokedAt !== null ? (
                    <>
                      revoked <At at={token.revokedAt} />
                    </>
                  ) : (
                    <>
                      {isOver(token, now) ? 'over since' : 'until'} <At at={token.expiresAt} />
                    </>
                  )}
                </>
              }
              {...(isOver(token, now)
                ? {}
                : { trailing: <TextLink onClick={() => setEnding(token)}>Revoke</TextLink> })}
            />
          ))}
          {own && <Row lead={<Icon name="plus" size={18} />} title="New token" onClick={() => setMaking(true)} />}
        </Group>
      )}
      {making && own && (
        <NewTokenSheet places={reached} own={own.scopes} onMade={reload} onClose={() => setMaking(false)} />
      )}
      <ConfirmDialog
        open={ending !== null}
        title={`Revoke ${ending?.name ?? ''}?`}
        confirm="Revoke"
        destructive
        onClose={() => setEnding(null)}
        onConfirm={() => ending && void end(ending)}
      >
        {ending?.id === own?.id
          ? 'It is the one you are here with: administration closes in this tab, and you need another token to come back.'
          : 'Whatever uses it is refused from then on. It cannot be taken back; a new one can be made.'}
        {ending && madeCount(tokens, ending.id, now) > 0 && ` ${endsToo(madeCount(tokens, ending.id, now))}`}
      </ConfirmDialog>
    </div>
  )
}
