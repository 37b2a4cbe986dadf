// Every version of a policy, newest first, and the way back to one: tried like any other change, applied as a new version.
import { useState } from 'react'
import { At } from '../../ui/age.tsx'
import { Button, TextLink } from '../../ui/button.tsx'
import { Row } from '../../ui/row.tsx'
import { Sheet, SheetTitle } from '../../ui/sheet.tsx'
import { settingNames, settingTitle, valueWords } from '../policy/setting-words.ts'
import { PolicyHistoryDocument, RollBackPolicyDocument, type Version } from './documents.ts'
import { TrialSheet } from './trial-sheet.tsx'
import { askAsAdmin, problemWords, useAdmin } from './use-admin.ts'

/** What a version says, setting by setting; what it leaves to others is not mentioned. */
const saysWords = ({ document }: Version): string =>
  settingNames
    .flatMap((name) => {
      const value = document[name] ?? null
      return value === null ? [] : [`${settingTitle(name)}: ${valueWords(name, value).toLowerCase()}`]
    })
    .join('. ')

export function HistorySheet(props: {
  scopeId: string
  standing: Version
  may: boolean
  nameOf: (ownerId: string) => string
  onChanged: () => void
  onClose: () => void
}) {
  const { scopeId, standing } = props
  const [after, setAfter] = useState<string | null>(null)
  const [chosen, setChosen] = useState<Version | null>(null)
  const { data, problem } = useAdmin(PolicyHistoryDocument, { scopeId, after })
  const page = data?.policyHistory
  if (chosen)
    return (
      <TrialSheet
        scopeId={scopeId}
        title={`Back to version ${chosen.version}`}
        verb="Roll back"
        document={chosen.document}
        nameOf={props.nameOf}
        onApply={async () => {
          const asked = { scopeId, version: chosen.version, expectedVersion: standing.version }
          const answer = await askAsAdmin(RollBackPolicyDocument, asked)
          props.onChanged()
          return 'problem' in answer ? answer.problem : null
        }}
        onClose={props.onClose}
      />
    )
  return (
    <Sheet
      open
      onClose={props.onClose}
      label="Earlier versions"
      footer={
        <Button kind="quiet" tall block onClick={props.onClose}>
          Close
        </Button>
      }
    >
      <SheetTitle
        title="Earlier versions"
        who={problem ? problemWords(problem) : 'Rolling back applies an old one as a new version.'}
      />
      {page?.edges.map(({ node }) => (
        <Row
          key={node.version}
          sheet
          wrap
          title={
            <>
              Version {node.version}
              {node.createdAt !== null && (
                <>
                  , <At at={node.createdAt} />
                </>
              )}
            </>
          }
          detail={
            <>
              {node.createdBy}
              {node.note !== null && `: ${node.note}`}
              <br />
              {saysWords(node)}
            </>
          }
          {...(node.version === standing.version ? { end: 'in force' } : {})}
          {...(props.may && node.version !== standing.version
            ? { trailing: <TextLink onClick={() => setChosen(node)}>Roll back</TextLink> }
            : {})}
        />
      ))}
      {page?.pageInfo.hasNextPage && (
        <p className="admin-more">
          <TextLink onClick={() => setAfter(page.pageInfo.endCursor)}>Older versions</TextLink>
        </p>
      )}
    </Sheet>
  )
}
