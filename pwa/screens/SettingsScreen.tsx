// Settings: this device, the others, policy, notifications, looks, keys, and what is running.
import './settings.css'
import { useEffect, useState } from 'react'
import { useLocation } from 'wouter'
import { useAdminToken } from '../features/admin/admin-token.ts'
import { useDevices } from '../features/devices/devices.ts'
import { rungName, rungSentence } from '../features/devices/rung-words.ts'
import { useViewer } from '../features/devices/viewer.ts'
import { LockSection } from '../features/lock/lock-section.tsx'
import { isUninstalledApple } from '../features/pairing/this-device.ts'
import { PolicySection } from '../features/policy/policy-section.tsx'
import { setPreferences, type Theme, usePreferences } from '../features/preferences/preferences.ts'
import { InstallRow } from '../features/push/install-row.tsx'
import { PushSection } from '../features/push/push-section.tsx'
import { AwaitsTrust } from '../features/sign-in/awaits-trust.tsx'
import { useIdentity, useIdentityStore } from '../keys/identity-context.tsx'
import { ScreenTitle } from '../ui/bars.tsx'
import { Segmented } from '../ui/choice.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { deviceWord } from '../ui/device-word.ts'
import { Icon } from '../ui/icon.tsx'
import { Group, GroupHeading, GroupNote, Row } from '../ui/row.tsx'
import { Chip } from '../ui/state-chip.tsx'

const themes: readonly { value: Theme; label: string }[] = [
  { value: 'system', label: 'System' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
]

function ThisDevice() {
  const viewer = useViewer()
  const state = useIdentity()
  const store = useIdentityStore()
  const { revoke } = useDevices()
  const [asking, setAsking] = useState(false)
  const [said, setSaid] = useState<string | null>(null)
  const identity = state.kind === 'paired' ? state.identity : null
  const name = viewer?.principal.name ?? identity?.deviceName ?? 'This device'
  const word = deviceWord()

  const unpair = async () => {
    setAsking(false)
    if (!identity) return
    const problem = await revoke(identity.deviceId)
    // Without the server the token would stay valid: forgetting it here alone would only look like unpairing.
    if (problem)
      return setSaid(`Not unpaired: ${problem.code === 'OFFLINE' ? 'the server gave no answer.' : problem.message}`)
    await store.forget()
  }
  return (
    <>
      <GroupHeading icon={word === 'computer' ? 'monitor' : 'phone'}>This {word}</GroupHeading>
      <Group>
        <Row
          wrap
          title={name}
          detail={viewer ? `It ${rungSentence[viewer.rung]}` : 'What it may do is not known yet.'}
          {...(viewer ? { end: <Chip tone="outline">{rungName[viewer.rung]}</Chip> } : {})}
        />
        <Row wrap tone="destructive" title={`Unpair this ${word}`} onClick={() => setAsking(true)} />
      </Group>
      {said !== null && <GroupNote>{said}</GroupNote>}
      <ConfirmDialog
        open={asking}
        title={`Unpair this ${word}?`}
        confirm="Unpair"
        destructive
        onClose={() => setAsking(false)}
        onConfirm={() => void unpair()}
      >
        Its key is destroyed and what it keeps of sessions is removed. Pair it again at a terminal.
      </ConfirmDialog>
    </>
  )
}

function About() {
  const viewer = useViewer()
  return (
    <>
      <GroupHeading>About</GroupHeading>
      <Group>
        <Row title="Offdesk" end={viewer ? viewer.server.version : 'not known yet'} />
        {viewer && <Row title="You" wrap detail={`${viewer.name} · ${viewer.id}`} />}
        <Row title="Server" wrap detail={window.location.origin} />
        {viewer?.server.publicUrl && viewer.server.publicUrl !== window.location.origin && (
          <Row title="Public address" wrap detail={viewer.server.publicUrl} />
        )}
      </Group>
    </>
  )
}

export default function SettingsScreen() {
  const [, go] = useLocation()
  const { theme, shortcuts } = usePreferences()
  // A person without an admin's token sees nothing of administration; an admin comes by its address, /admin.
  const isAdmin = useAdminToken() !== null
  useEffect(() => {
    if (window.location.hash === '#notifications') document.getElementById('notifications')?.scrollIntoView()
  }, [])
  return (
    <div className="settings">
      <ScreenTitle>Settings</ScreenTitle>
      <AwaitsTrust />
      <ThisDevice />
      <GroupHeading>Access</GroupHeading>
      <Group>
        <Row
          lead={<Icon name="people" />}
          wrap
          title="Devices and workstations"
          detail="Limit, revoke, add"
          chevron
          onClick={() => go('/settings/devices')}
        />
        <Row
          lead={<Icon name="key" />}
          wrap
          title={`Passkey of this ${deviceWord()}`}
          detail="For always-allow, autopilot and the app lock"
          chevron
          onClick={() => go('/settings/passkeys')}
        />
        <Row
          lead={<Icon name="hand" />}
          wrap
          title="Signing in"
          detail="From any browser, and who else may"
          chevron
          onClick={() => go('/settings/sign-in')}
        />
        <Row
          lead={<Icon name="question-ring" />}
          wrap
          title="What holds for you"
          detail="Every setting, and whose rule it is"
          chevron
          onClick={() => go('/settings/policy')}
        />
        {isAdmin && (
          <Row
            lead={<Icon name="building" />}
            wrap
            title="Administration"
            detail="Policies, members, audit"
            chevron
            onClick={() => go('/admin')}
          />
        )}
      </Group>
      <PolicySection />
      <PushSection />
      <LockSection />
      <GroupHeading>Looks and keys</GroupHeading>
      <Group>
        <Row
          title="Theme"
          below={
            <Segmented
              bar
              label="Theme"
              options={themes}
              value={theme}
              onChange={(value) => setPreferences({ theme: value })}
            />
          }
        />
        <Row
          title="Single-letter keys"
          wrap
          detail="A allow once, D deny, J and K next"
          end={
            <Segmented
              label="Single-letter keys"
              options={[
                { value: 'on', label: 'On' },
                { value: 'off', label: 'Off' },
              ]}
              value={shortcuts ? 'on' : 'off'}
              onChange={(value) => setPreferences({ shortcuts: value === 'on' })}
            />
          }
        />
        <InstallRow isUninstalledApple={isUninstalledApple()} />
      </Group>
      <About />
    </div>
  )
}
