// The owner's devices and workstations: who may do what from where, and how each loses it.
import './settings.css'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { DeviceSheet } from '../features/devices/device-sheet.tsx'
import { type Device, type Host, useDevices } from '../features/devices/devices.ts'
import { rungName } from '../features/devices/rung-words.ts'
import { EnrolSheet } from '../features/enrolment/enrol-sheet.tsx'
import { useDoors } from '../features/sign-in/doors.ts'
import { Age, At } from '../ui/age.tsx'
import { Header } from '../ui/bars.tsx'
import { IconButton, TextLink } from '../ui/button.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { deviceWord, isComputerName } from '../ui/device-word.ts'
import { Icon, type IconName } from '../ui/icon.tsx'
import { EmptyState } from '../ui/note.tsx'
import { Group, GroupHeading, GroupNote, Row } from '../ui/row.tsx'
import { Chip } from '../ui/state-chip.tsx'

const signOf = (device: Device): IconName => {
  if (device.kind === 'SCRIPT') return 'terminal'
  const isComputer = device.isThisOne ? deviceWord() === 'computer' : isComputerName(device.name)
  return isComputer ? 'monitor' : 'phone'
}
/** Where it counts: the workstations that know its key. */
const trustedOn = (device: Device, hosts: readonly Host[]): string => {
  const names = hosts.filter((host) => device.hostIds.includes(host.id)).map((host) => host.name)
  if (device.awaitsTrust) return 'signed in, no workstation trusts it yet'
  return names.length === 0 ? 'not trusted by a workstation yet' : names.join(', ')
}
const isLive = (host: Host): boolean => host.liveUntil !== null && Date.parse(host.liveUntil) > Date.now()

/** `enrols`: somebody came here from `offdesk login`, to type its code. */
export default function DevicesScreen({ enrols = false }: { enrols?: boolean }) {
  const [, go] = useLocation()
  const use = useDevices()
  const doors = useDoors()
  const [openId, setOpenId] = useState<string | null>(null)
  const [enrolling, setEnrolling] = useState(enrols)
  const [revoking, setRevoking] = useState<Host | null>(null)
  const [endingAll, setEndingAll] = useState(false)
  const [ended, setEnded] = useState<string | null>(null)
  const [said, setSaid] = useState<string | null>(null)
  const opened = use.devices.find((device) => device.id === openId)
  const others = use.devices.filter((device) => !device.isThisOne)
  const othersWords = others.length === 1 ? '1 other device' : `${others.length} other devices`

  const revokeOthers = async () => {
    setEndingAll(false)
    setEnded(`Revoking ${othersWords}.`)
    // One that is refused must not save the others.
    const problems = await Promise.all(others.map((device) => use.revoke(device.id)))
    const failed = others.filter((_, at) => problems[at] !== null)
    const [first] = problems.filter((problem) => problem !== null)
    setEnded(
      first
        ? `${others.length - failed.length} of ${others.length} revoked. Not ${failed.map((one) => one.name).join(', ')}: ${first.message}`
        : `${othersWords} revoked.`,
    )
  }
  return (
    <div className="settings">
      <Header title="Devices and workstations" onBack={() => go('/settings')} />
      <GroupHeading icon="phone">Devices</GroupHeading>
      {use.devices.length === 0 && <EmptyState>{use.loaded ? 'No device is paired.' : 'Not known yet.'}</EmptyState>}
      {use.devices.length > 0 && (
        <Group label="Devices">
          {use.devices.map((device) => (
            <Row
              key={device.id}
              lead={<Icon name={signOf(device)} />}
              wrap
              title={device.name}
              detail={
                <>
                  {device.isThisOne ? (
                    `This ${deviceWord()}`
                  ) : device.lastSeenAt ? (
                    <>
                      Seen <Age since={device.lastSeenAt} /> ago
                    </>
                  ) : (
                    'Not seen yet'
                  )}
                  {device.kind === 'SCRIPT' && ' · script'} · {trustedOn(device, use.hosts)}
                </>
              }
              end={<Chip tone="outline">{rungName[device.rung]}</Chip>}
              onClick={() => setOpenId(device.id)}
            />
          ))}
          {others.length > 0 && (
            <Row
              lead={<Icon name="stop" size={18} />}
              wrap
              tone="destructive"
              title="Revoke all others"
              detail={`${othersWords}, this ${deviceWord()} stays`}
              onClick={() => setEndingAll(true)}
            />
          )}
        </Group>
      )}
      {ended !== null && (
        <div role="status">
          <GroupNote>{ended}</GroupNote>
        </div>
      )}
      <GroupNote>To pair another device, press Ctrl+E at a terminal and scan the QR with it.</GroupNote>

      <GroupHeading icon="monitor">Workstations</GroupHeading>
      <Group label="Workstations">
        {use.hosts.map((host) => (
          <Row
            key={host.id}
            lead={<Icon name="monitor" />}
            title={host.name}
            detail={
              isLive(host) ? (
                'Live'
              ) : host.lastSeenAt ? (
                <>
                  Offline since <At at={host.lastSeenAt} />
                </>
              ) : (
                'Not seen yet'
              )
            }
            trailing={<IconButton icon="trash" label={`Remove ${host.name}`} onClick={() => setRevoking(host)} />}
          />
        ))}
        <Row
          lead={<Icon name={doors?.whyNotEnrol ? 'lock' : 'plus'} />}
          title="Add a workstation"
          wrap
          detail={doors?.whyNotEnrol?.message ?? 'With the code its terminal shows'}
          disabled={doors === undefined || doors.whyNotEnrol !== null}
          onClick={() => setEnrolling(true)}
          // The sheet says what would lift it.
          trailing={doors?.whyNotEnrol ? <TextLink onClick={() => setEnrolling(true)}>Why?</TextLink> : undefined}
        />
      </Group>
      {said !== null && <GroupNote>{said}</GroupNote>}

      {opened && <DeviceSheet key={opened.id} device={opened} use={use} onClose={() => setOpenId(null)} />}
      {enrolling && (
        <EnrolSheet
          onClose={() => {
            setEnrolling(false)
            if (enrols) go('/settings/devices', { replace: true })
          }}
          onJoined={use.reload}
        />
      )}
      <ConfirmDialog
        open={endingAll}
        title={`Revoke ${othersWords}?`}
        confirm="Revoke all others"
        destructive
        onClose={() => setEndingAll(false)}
        onConfirm={() => void revokeOthers()}
      >
        {others.map((device) => device.name).join(', ')}. Each loses every connection within a second. At a
        workstation’s terminal, offdesk devices revoke does the same without this server.
      </ConfirmDialog>
      <ConfirmDialog
        open={revoking !== null}
        title={`Remove ${revoking?.name ?? ''}?`}
        confirm="Remove"
        destructive
        onClose={() => setRevoking(null)}
        onConfirm={() => {
          const host = revoking
          setRevoking(null)
          if (!host) return
          void use
            .revokeHost(host.id)
            .then((problem) => setSaid(problem ? `Not removed: ${problem.message}` : `${host.name} was removed.`))
        }}
      >
        It is cut off within a second. Its agents go on at its terminal; nothing of it appears here any more.
      </ConfirmDialog>
    </div>
  )
}
