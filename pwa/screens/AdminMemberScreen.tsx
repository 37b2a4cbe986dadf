// One member: what holds for them and why, their devices, and their leave. A stolen phone ends here (F8).
import './settings.css'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { AdminFrame } from '../features/admin/admin-frame.tsx'
import {
  MemberDevicesDocument,
  MemberPolicyDocument,
  RemoveMemberDocument,
  RevokeMemberDeviceDocument,
} from '../features/admin/documents.ts'
import { askAsAdmin, problemWords, useAdmin } from '../features/admin/use-admin.ts'
import { usePeople } from '../features/admin/use-people.ts'
import { rungName } from '../features/devices/rung-words.ts'
import { ExplainedSettings } from '../features/policy/explained-settings.tsx'
import { Age, At } from '../ui/age.tsx'
import { Header } from '../ui/bars.tsx'
import { TextLink } from '../ui/button.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { isComputerName } from '../ui/device-word.ts'
import { Icon } from '../ui/icon.tsx'
import { EmptyState } from '../ui/note.tsx'
import { Group, GroupHeading, GroupNote, Row } from '../ui/row.tsx'
import { Chip } from '../ui/state-chip.tsx'

export default function AdminMemberScreen({ scopeId, ownerId }: { scopeId: string; ownerId: string }) {
  return (
    <AdminFrame onLeave={null}>
      <Member scopeId={scopeId} ownerId={ownerId} />
    </AdminFrame>
  )
}

type Question = { kind: 'revoke'; id: string; name: string } | { kind: 'remove' }

function Member({ scopeId, ownerId }: { scopeId: string; ownerId: string }) {
  const [, go] = useLocation()
  const { nameOf } = usePeople()
  const policy = useAdmin(MemberPolicyDocument, { ownerId })
  const devices = useAdmin(MemberDevicesDocument, { ownerId })
  const [question, setQuestion] = useState<Question | null>(null)
  const [said, setSaid] = useState<string | null>(null)
  const back = () => go(`/admin/${scopeId}/members`)
  const name = nameOf(ownerId)

  const revoke = async (id: string, called: string) => {
    const answer = await askAsAdmin(RevokeMemberDeviceDocument, { ownerId, id })
    setSaid(
      'problem' in answer
        ? `Not revoked: ${problemWords(answer.problem)}`
        : `${called} is revoked. Its connections end within a second.`,
    )
    devices.reload()
  }
  const remove = async () => {
    const answer = await askAsAdmin(RemoveMemberDocument, { organisationId: scopeId, ownerId })
    if ('data' in answer) return back()
    setSaid(`Not removed: ${problemWords(answer.problem)}`)
  }
  return (
    <div className="settings">
      <Header title={name} meta={ownerId} onBack={back} />
      {said !== null && (
        <div role="status">
          <GroupNote>{said}</GroupNote>
        </div>
      )}
      <GroupHeading icon="phone">Devices</GroupHeading>
      {devices.problem && <GroupNote>{problemWords(devices.problem)}</GroupNote>}
      {devices.data?.memberDevices.length === 0 && <EmptyState>No device is paired.</EmptyState>}
      {devices.data && devices.data.memberDevices.length > 0 && (
        <Group label="Devices">
          {devices.data.memberDevices.map((device) => (
            <Row
              key={device.id}
              lead={
                <Icon
                  name={device.kind === 'SCRIPT' ? 'terminal' : isComputerName(device.name) ? 'monitor' : 'phone'}
                  size={18}
                />
              }
              wrap
              title={device.name}
              detail={
                device.revokedAt !== null ? (
                  <>
                    Revoked <At at={device.revokedAt} />
                  </>
                ) : device.lastSeenAt !== null ? (
                  <>
                    Seen <Age since={device.lastSeenAt} /> ago
                  </>
                ) : (
                  'Not seen yet'
                )
              }
              {...(device.revokedAt === null
                ? {
                    end: <Chip tone="outline">{rungName[device.rung]}</Chip>,
                    trailing: (
                      <TextLink onClick={() => setQuestion({ kind: 'revoke', id: device.id, name: device.name })}>
                        Revoke
                      </TextLink>
                    ),
                  }
                : { tone: 'muted' as const })}
            />
          ))}
        </Group>
      )}
      <GroupHeading icon="sliders">What holds for them</GroupHeading>
      {policy.problem && <GroupNote>{problemWords(policy.problem)}</GroupNote>}
      {policy.data && <ExplainedSettings settings={policy.data.effectivePolicy.settings} />}
      <GroupHeading>Membership</GroupHeading>
      <Group>
        <Row
          wrap
          tone="destructive"
          title={`Let ${name} go`}
          detail="No policy of this organisation holds for them any more"
          onClick={() => setQuestion({ kind: 'remove' })}
        />
      </Group>
      <ConfirmDialog
        open={question !== null}
        title={question?.kind === 'revoke' ? `Revoke ${question.name}?` : `Let ${name} go?`}
        confirm={question?.kind === 'revoke' ? 'Revoke' : 'Let go'}
        destructive
        onClose={() => setQuestion(null)}
        onConfirm={() => {
          if (question?.kind === 'revoke') void revoke(question.id, question.name)
          else void remove()
          setQuestion(null)
        }}
      >
        {question?.kind === 'revoke'
          ? 'Everything it holds open ends within a second, what it had queued is refused, and every workstation of its owner is told to forget it.'
          : 'Their sessions and devices stay theirs.'}
      </ConfirmDialog>
    </div>
  )
}
