// Notifications in the settings: on or off in words, and a test whose result is shown.

import { useCallback, useEffect, useState } from 'react'
import { useMutation } from 'urql'
import { problemOfResult } from '../../graphql/problem.ts'
import { TextLink } from '../../ui/button.tsx'
import { deviceWord } from '../../ui/device-word.ts'
import { Group, GroupHeading, GroupNote, Row } from '../../ui/row.tsx'
import { useViewer } from '../devices/viewer.ts'
import { isUninstalledApple } from '../pairing/this-device.ts'
import {
  failureSentence,
  type PushStanding,
  SubscribeError,
  SubscribePushDocument,
  standing,
  standingSentence,
  subscribe,
  subscriptionInput,
  TestPushDocument,
  UnsubscribePushDocument,
} from './subscription.ts'

export function PushSection() {
  const viewer = useViewer()
  const [state, setState] = useState<PushStanding | null>(null)
  const [said, setSaid] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const [, subscribePush] = useMutation(SubscribePushDocument)
  const [, unsubscribePush] = useMutation(UnsubscribePushDocument)
  const [, testPush] = useMutation(TestPushDocument)
  const look = useCallback(() => void standing(isUninstalledApple()).then(setState), [])
  useEffect(look, [look])

  const serverKey = viewer?.server.pushPublicKey
  const registered = viewer?.principal.__typename === 'Device' && viewer.principal.pushSubscribed
  // The browser has an address, but the server must know it too: either alone is "off".
  const on = state?.kind === 'on' && registered

  const turnOn = async () => {
    if (serverKey === undefined) return
    setBusy(true)
    setSaid(null)
    try {
      const input = subscriptionInput(await subscribe(serverKey))
      const problem = problemOfResult(await subscribePush({ input }))
      setSaid(problem ? `The server did not take it: ${problem.message}` : null)
    } catch (error) {
      const reason = error instanceof SubscribeError ? error.reason : 'unavailable'
      const detail = reason === 'unavailable' && error instanceof Error ? ` It says: ${error.message}` : ''
      setSaid(`${failureSentence[reason]}${detail}`)
    }
    setBusy(false)
    look()
  }
  const turnOff = async () => {
    setBusy(true)
    setSaid(null)
    const registration = await navigator.serviceWorker.getRegistration()
    const subscription = await registration?.pushManager.getSubscription()
    const problem = problemOfResult(await unsubscribePush({}))
    if (problem) setSaid(`Not turned off: ${problem.message}`)
    else await subscription?.unsubscribe()
    setBusy(false)
    look()
  }
  const test = async () => {
    setBusy(true)
    setSaid(`Sending a test to this ${deviceWord()}.`)
    const result = await testPush({})
    const problem = problemOfResult(result)
    const outcome = result.data?.testPush
    if (problem) setSaid(`No test was sent: ${problem.message}`)
    else if (outcome?.delivered) setSaid(`The push service took it. It should be on this ${deviceWord()} now.`)
    else setSaid(`The push service did not take it: ${outcome?.detail ?? 'no reason given'}`)
    setBusy(false)
  }
  const can = state !== null && state.kind !== 'unsupported' && state.kind !== 'denied'
  const shown: PushStanding | null = state?.kind === 'on' && !on ? { kind: 'off' } : state
  return (
    <div id="notifications">
      <GroupHeading>Notifications</GroupHeading>
      <Group label="Notifications">
        <Row
          wrap
          title={on ? 'Notifications are on' : 'Notifications'}
          detail={shown ? standingSentence(shown) : 'Looking'}
          trailing={
            can && (
              <TextLink disabled={busy || serverKey === undefined} onClick={() => void (on ? turnOff() : turnOn())}>
                {busy ? 'Working' : on ? 'Turn off' : 'Turn on'}
              </TextLink>
            )
          }
        />
        {on && (
          <Row
            title="Send a test"
            detail={`To this ${deviceWord()}, now`}
            onClick={() => void test()}
            disabled={busy}
          />
        )}
      </Group>
      {said !== null && (
        <div role="status">
          <GroupNote>{said}</GroupNote>
        </div>
      )}
    </div>
  )
}
