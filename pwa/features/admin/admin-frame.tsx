// Around every administration screen: the token that is needed, asked for once in a tab; the screens themselves know that there is one.
import './admin.css'
import { type ReactNode, useState } from 'react'
import { Header } from '../../ui/bars.tsx'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { Note } from '../../ui/note.tsx'
import { keepAdminToken, useAdminToken } from './admin-token.ts'
import { ThisAdminTokenDocument } from './documents.ts'
import { askAsAdmin, problemWords } from './use-admin.ts'

export function AdminFrame({ children, onLeave }: { children: ReactNode; onLeave: (() => void) | null }) {
  const token = useAdminToken()
  return token === null ? <TokenForm onLeave={onLeave} /> : children
}

const means: Record<string, string> = {
  UNAUTHENTICATED: 'This server does not know that token, or its time is over. Make another one and try again.',
  OFFLINE: 'The server gave no answer. Try again.',
}

function TokenForm({ onLeave }: { onLeave: (() => void) | null }) {
  const [token, setToken] = useState('')
  const [busy, setBusy] = useState(false)
  const [said, setSaid] = useState<string>()
  const sign = async () => {
    setBusy(true)
    const answer = await askAsAdmin(ThisAdminTokenDocument, {}, token.trim())
    setBusy(false)
    if ('data' in answer) return keepAdminToken(token.trim())
    setSaid(means[answer.problem.code] ?? problemWords(answer.problem))
  }
  return (
    <div className="settings">
      <Header title="Administration" {...(onLeave ? { onBack: onLeave } : {})} />
      <form
        className="admin-token"
        onSubmit={(event) => {
          event.preventDefault()
          void sign()
        }}
      >
        <p>
          Policies, members and the audit of an organisation are changed with an admin’s token, not with this device.
        </p>
        {/* A password manager keeps it by this name. */}
        <input
          className="sr-only"
          type="text"
          name="username"
          autoComplete="username"
          defaultValue="offdesk-admin"
          tabIndex={-1}
          aria-hidden
        />
        <Field
          label="Admin’s token"
          type="password"
          autoComplete="current-password"
          value={token}
          onChange={setToken}
          placeholder="oda_…"
          {...(said === undefined ? {} : { error: said })}
        />
        <Button type="submit" tall block disabled={token.trim() === ''} waiting={busy}>
          {busy ? 'Asking the server' : 'Go on'}
        </Button>
        <Note icon="info">
          It stays in this tab and is forgotten with it. The first one is made on the machine that was enrolled first,
          as docs/admin.md shows; further ones here, under Tokens.
        </Note>
      </form>
    </div>
  )
}
