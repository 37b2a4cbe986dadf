// Legal hold: from its moment on nothing of an organisation's people and of its audit is deleted (F5). Set and lifted after one question.
import { useState } from 'react'
import { graphql } from '../../graphql/graphql.ts'
import { At } from '../../ui/age.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Row } from '../../ui/row.tsx'
import { askAsAdmin, problemWords } from './use-admin.ts'

const SetLegalHoldDocument = graphql(`
  mutation AdminSetLegalHold($organisationId: ID!, $held: Boolean!) {
    setLegalHold(organisationId: $organisationId, held: $held) { id legalHoldSince }
  }
`)

export function LegalHoldRow(props: {
  organisation: { id: string; name: string; legalHoldSince: string | null }
  onSaid: (said: string) => void
}) {
  const { id, name, legalHoldSince: since } = props.organisation
  const [asking, setAsking] = useState(false)
  const set = async (held: boolean) => {
    setAsking(false)
    const answer = await askAsAdmin(SetLegalHoldDocument, { organisationId: id, held })
    if ('problem' in answer) return props.onSaid(`Not changed: ${problemWords(answer.problem)}`)
    props.onSaid(held ? `Nothing of ${name} is deleted from now on.` : `The legal hold of ${name} is lifted.`)
  }
  return (
    <>
      <Row
        lead={<Icon name="lock" size={18} />}
        wrap
        title="Legal hold"
        detail={
          since === null ? (
            'Off. What is old is deleted as the policy says'
          ) : (
            <>
              Since <At at={since} />. Nothing is deleted
            </>
          )
        }
        chevron
        onClick={() => setAsking(true)}
      />
      <ConfirmDialog
        open={asking}
        title={since === null ? `Hold everything of ${name}?` : `Lift the legal hold of ${name}?`}
        confirm={since === null ? 'Hold everything' : 'Lift it'}
        destructive={since !== null}
        onClose={() => setAsking(false)}
        onConfirm={() => void set(since === null)}
      >
        {since === null
          ? 'From now on neither its people nor a retention rule delete a session, and its audit is kept whole, until the hold is lifted.'
          : 'What the policy’s retention would have deleted meanwhile goes then, and people can delete their sessions again.'}
      </ConfirmDialog>
    </>
  )
}
