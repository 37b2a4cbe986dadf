// Remote control, chosen in words (mockup 10a). Raising it asks once: it gives rights to every paired device.
import { useState } from 'react'
import { At } from '../../ui/age.tsx'
import { ChoiceRow } from '../../ui/choice.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Group, GroupHeading, GroupNote } from '../../ui/row.tsx'
import { type Level, levels, raises, usePolicy } from './policy.ts'

export function PolicySection() {
  const { policy, set } = usePolicy()
  const [asked, setAsked] = useState<Level | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const change = async (level: Level) => {
    const refused = await set(level)
    setProblem(refused ? `Not changed: ${refused.message}${refused.remedy ? ` ${refused.remedy}` : ''}` : null)
  }
  const raised = levels.find((one) => one.level === asked)
  return (
    <>
      <GroupHeading>Remote control</GroupHeading>
      <Group label="Remote control">
        {levels.map(({ level, name, means }) => (
          <ChoiceRow
            key={level}
            kind="radio"
            name="remote-control"
            value={level}
            checked={policy?.remoteControl === level}
            disabled={policy === undefined}
            onChange={() => {
              if (!policy) return
              if (raises(policy.remoteControl, level)) setAsked(level)
              else void change(level)
            }}
            title={name}
            detail={means}
          />
        ))}
      </Group>
      <GroupNote>
        {problem ?? (
          <>
            Changes reach every session within a second.
            {policy?.updatedBy && (
              <>
                {' '}
                Set by {policy.updatedBy} <At at={policy.updatedAt} />.
              </>
            )}
          </>
        )}
      </GroupNote>
      <ConfirmDialog
        open={asked !== null}
        title={`Raise remote control to ${raised?.name ?? ''}?`}
        confirm={`Set ${raised?.name ?? ''}`}
        onClose={() => setAsked(null)}
        onConfirm={() => {
          if (asked) void change(asked)
          setAsked(null)
        }}
      >
        {asked === 'VIEW_AND_CONTROL'
          ? 'Every paired device may then answer and prompt, up to its own limit and to what each terminal allows.'
          : 'Every paired device may then read the sessions of your workstations.'}
      </ConfirmDialog>
    </>
  )
}
