// All that is asked, verbatim: the command, where it runs, what it touches, the change. Nothing is cut; only a long change folds.
import { useMemo } from 'react'
import { CommandBlock, KeyValues } from '../../ui/command-block.tsx'
import { Diff, DiffCounts } from '../../ui/diff.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Note } from '../../ui/note.tsx'
import type { Decision } from './decision-store.ts'
import { evidenceParts } from './evidence-parts.ts'
import type { Evidence } from './use-answering.ts'

const FOLD_AFTER = 6

/** Said when the phone's own digest does not fit: then nothing may be allowed from here. */
export function MismatchNote({ evidence }: { evidence: Evidence }) {
  if (evidence.kind !== 'mismatch') return null
  return (
    <Note icon="lock" boxed>
      <strong>This is not what the workstation asked.</strong> The text here and its digest do not fit, so Allow is
      locked. Deny works. Answer at the terminal, and look at who runs the server.
    </Note>
  )
}

/** `folded` keeps the change behind its head (the desktop's panel). `brief` leaves the facts and the change to where they were shown before: the reason, the settled view. */
export function EvidenceView(props: { decision: Decision; evidence?: Evidence; brief?: boolean; folded?: boolean }) {
  const { decision, brief } = props
  const parts = useMemo(() => evidenceParts(decision.evidence), [decision.evidence])
  const mismatch = props.evidence && <MismatchNote evidence={props.evidence} />
  if (!parts)
    return (
      <div className="decision-evidence">
        <CommandBlock text={decision.evidence} label="What is asked" />
        {mismatch}
      </div>
    )
  const { command, folder, paths, rest, changes } = parts
  const { branch } = decision.session
  const files = new Set(changes.map((change) => change.path)).size
  const added = changes.reduce((sum, change) => sum + change.added, 0)
  const removed = changes.reduce((sum, change) => sum + change.removed, 0)
  return (
    <div className="decision-evidence">
      <CommandBlock text={command} label="What is asked" />
      {!brief && (
        <KeyValues
          pairs={[
            { key: 'Folder', value: folder },
            ...(branch === null ? [] : [{ key: 'Branch', value: branch }]),
            ...(paths.length === 0 ? [] : [{ key: 'Paths', value: paths }]),
          ]}
        />
      )}
      {!brief &&
        rest.map((text, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: blocks of one text never move
          <CommandBlock key={index} text={text} label="Further input" />
        ))}
      {!brief && changes.length > 0 && (
        <details className="decision-patch" open={!props.folded}>
          <summary className="decision-patch-head">
            <Icon name="file" size={18} />
            <span>Patch, {files === 1 ? '1 file' : `${files} files`}</span>
            <DiffCounts added={added} removed={removed} />
            <Icon name="chevron-down" size={16} />
          </summary>
          <Diff files={changes} foldAfter={FOLD_AFTER} names />
        </details>
      )}
      {mismatch}
    </div>
  )
}
