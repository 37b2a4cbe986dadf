// The form of an organisation's own sign-in. The provider is asked at once; what does not answer is not kept.
import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { ChoiceRow } from '../../ui/choice.tsx'
import { Field, TextArea } from '../../ui/field.tsx'
import {
  claimsIn,
  claimsText,
  SetSingleSignOnDocument,
  type SingleSignOn,
  type SingleSignOnInput,
} from './single-sign-on.ts'
import { askAsAdmin, problemWords } from './use-admin.ts'

const makings = [
  { value: 'auto', is: null, title: 'While nobody is provisioned by SCIM' },
  { value: 'yes', is: true, title: 'Always' },
  { value: 'no', is: false, title: 'Never: only whom SCIM or an admin has brought' },
] as const
const claims = [
  { value: 'SUB', title: 'sub', detail: 'What most providers use' },
  { value: 'OID', title: 'oid', detail: 'Microsoft Entra, where SCIM sends the object id' },
] as const

export function SingleSignOnForm(props: {
  organisationId: string
  stands: SingleSignOn | null
  onKept: (said: string) => void
}) {
  const { organisationId, stands } = props
  const [handle, setHandle] = useState(stands?.handle ?? '')
  const [issuer, setIssuer] = useState(stands?.issuer ?? '')
  const [clientId, setClientId] = useState(stands?.clientId ?? '')
  const [required, setRequired] = useState(claimsText(stands?.requiredClaims ?? []))
  const [creates, setCreates] = useState<boolean | null>(stands?.createPersons ?? null)
  const [claim, setClaim] = useState<SingleSignOnInput['externalIdClaim']>(stands?.externalIdClaim ?? 'SUB')
  const [busy, setBusy] = useState(false)
  const [said, setSaid] = useState<string | null>(null)
  const parsed = claimsIn(required)
  const complete = handle.trim() !== '' && issuer.trim() !== '' && clientId.trim() !== '' && parsed.bad === null
  const isOther = stands !== null && (issuer.trim() !== stands.issuer || clientId.trim() !== stands.clientId)
  const keep = async () => {
    setBusy(true)
    const input: SingleSignOnInput = {
      ...{ organisationId, handle: handle.trim(), issuer: issuer.trim(), clientId: clientId.trim() },
      ...{ createPersons: creates, externalIdClaim: claim ?? 'SUB', requiredClaims: parsed.claims },
    }
    const answer = await askAsAdmin(SetSingleSignOnDocument, { input })
    setBusy(false)
    if ('problem' in answer) return setSaid(problemWords(answer.problem))
    setSaid(null)
    props.onKept(`Kept. ${answer.data.setOidcConnection.issuer} answers.`)
  }
  return (
    <form
      className="admin-form"
      onSubmit={(event) => {
        event.preventDefault()
        void keep()
      }}
    >
      <Field
        label="Short name"
        placeholder="acme"
        hint="What people type to sign in."
        value={handle}
        onChange={setHandle}
        autoComplete="off"
        autoCapitalize="none"
        maxLength={64}
      />
      <Field
        label="Issuer"
        type="url"
        inputMode="url"
        placeholder="https://login.example.com"
        hint="The provider’s address, as it names itself."
        value={issuer}
        onChange={setIssuer}
        autoComplete="off"
      />
      <Field
        label="Client id"
        hint="A secret, if it has one, belongs in the server’s own file, never here."
        value={clientId}
        onChange={setClientId}
        autoComplete="off"
      />
      <TextArea
        label="Only people with these claims, name=value, one a line"
        placeholder={'groups=offdesk'}
        rows={1}
        maxRows={5}
        value={required}
        onChange={setRequired}
        {...(parsed.bad === null ? {} : { error: `“${parsed.bad}” is no claim. Write it as name=value.` })}
      />
      <fieldset className="admin-choice">
        <legend className="field-label">A first sign-in makes a person</legend>
        {makings.map((one) => (
          <ChoiceRow
            key={one.value}
            kind="radio"
            name="creates"
            value={one.value}
            checked={creates === one.is}
            onChange={() => setCreates(one.is)}
            title={one.title}
          />
        ))}
      </fieldset>
      <fieldset className="admin-choice">
        <legend className="field-label">The claim that SCIM calls externalId</legend>
        {claims.map((one) => (
          <ChoiceRow
            key={one.value}
            kind="radio"
            name="claim"
            value={one.value}
            checked={claim === one.value}
            onChange={() => setClaim(one.value)}
            title={one.title}
            detail={one.detail}
          />
        ))}
      </fieldset>
      {isOther && (
        <p className="admin-broken">
          Another issuer or client ends every device that signed in by the one before, within a second.
        </p>
      )}
      {said !== null && (
        <p className="admin-broken" role="alert">
          {said}
        </p>
      )}
      <Button type="submit" tall block disabled={!complete} waiting={busy}>
        {busy ? 'Asking the provider' : 'Keep it'}
      </Button>
    </form>
  )
}
