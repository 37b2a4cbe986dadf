// The passkey of this device: made, where it counts, taken away.
import './settings.css'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { MakePasskey, PinPasskey, Said } from '../features/passkeys/passkey-steps.tsx'
import { type OwnPasskey, usePasskeys } from '../features/passkeys/passkeys.ts'
import { At } from '../ui/age.tsx'
import { Header } from '../ui/bars.tsx'
import { IconButton } from '../ui/button.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { deviceWord } from '../ui/device-word.ts'
import { Icon } from '../ui/icon.tsx'
import { Group, GroupHeading, GroupNote, Row } from '../ui/row.tsx'

export default function PasskeysScreen() {
  const [, go] = useLocation()
  const passkeys = usePasskeys()
  const [removing, setRemoving] = useState<OwnPasskey | null>(null)
  const [said, setSaid] = useState<string | null>(null)
  const { own, hosts } = passkeys
  const word = deviceWord()
  const countsOn = (passkey: OwnPasskey) => hosts.filter((host) => passkey.hostIds.includes(host.id))
  const missing = own?.[0] ? hosts.filter((host) => !own.some((one) => one.hostIds.includes(host.id))) : []
  return (
    <div className="settings">
      <Header title={`Passkey of this ${word}`} onBack={() => go('/settings')} />
      <GroupNote>
        Your fingerprint, face or PIN, asked for what gives away the terminal’s own decisions: always-allow and
        autopilot. Denying and cancelling never need it. It opens the app lock too.
      </GroupNote>
      <Said>{said}</Said>
      {own && own.length > 0 && (
        <Group label="Passkeys">
          {own.map((passkey) => (
            <Row
              key={passkey.id}
              lead={<Icon name="key" size={18} />}
              wrap
              title={passkey.name}
              detail={
                <>
                  Made <At at={passkey.createdAt} />.{' '}
                  {countsOn(passkey).length === 0
                    ? 'Counts on no workstation yet.'
                    : `Counts on ${countsOn(passkey)
                        .map((host) => host.name)
                        .join(', ')}.`}
                  {passkey.isSynced && ' Its maker may copy it to your other devices.'}
                </>
              }
              trailing={
                <IconButton icon="trash" label={`Remove ${passkey.name}`} onClick={() => setRemoving(passkey)} />
              }
            />
          ))}
        </Group>
      )}
      {own?.length === 0 && (
        <div className="passkey-steps passkey-steps-alone">
          <MakePasskey passkeys={passkeys} />
        </div>
      )}
      {missing.map((host) => (
        <section key={host.id} aria-label={host.name}>
          <GroupHeading icon="monitor">{host.name}</GroupHeading>
          <div className="passkey-steps passkey-steps-alone">
            <PinPasskey
              passkeys={passkeys}
              host={host}
              onPinned={() => setSaid(`The passkey counts on ${host.name} now.`)}
            />
          </div>
        </section>
      ))}
      <ConfirmDialog
        open={removing !== null}
        title={`Remove ${removing?.name ?? ''}?`}
        confirm="Remove"
        destructive
        onClose={() => setRemoving(null)}
        onConfirm={() => {
          const one = removing
          setRemoving(null)
          if (one)
            void passkeys.remove(one.id).then((problem) => setSaid(problem ? `Not removed: ${problem.message}` : null))
        }}
      >
        What needs a passkey is refused from this {word} until another one is made and pinned.
      </ConfirmDialog>
    </div>
  )
}
