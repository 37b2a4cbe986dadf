// One handshake at a time, as a component's state. Pairing a device keeps the identity at the end; enrolling a host does not.
import { useEffect, useRef, useState } from 'react'
import type { PairingLink, PairingPurpose } from '../../../protocol/pairing.ts'
import { ensureDeviceKey } from '../../keys/device-key.ts'
import { type Handshake, type Step, startHandshake, type Vouch } from './handshake.ts'

export type HandshakeState = Step | { kind: 'none' }

export type StartRequest = {
  code: string
  link: PairingLink | null
  purpose: PairingPurpose
  deviceName: string
  ownToken?: string
}

export type HandshakeUse = {
  step: HandshakeState
  start(request: StartRequest): void
  refuse(): void
  confirm(vouch?: Vouch): void
  /** Back to the beginning; what is under way is left. */
  reset(): void
}

export function useHandshake(): HandshakeUse {
  const [step, setStep] = useState<HandshakeState>({ kind: 'none' })
  const running = useRef<Handshake | null>(null)
  const attempt = useRef(0)

  useEffect(
    () => () => {
      attempt.current += 1
      running.current?.close()
    },
    [],
  )

  return {
    step,
    start(request) {
      running.current?.close()
      attempt.current += 1
      const mine = attempt.current
      setStep({ kind: 'claiming', sinceMs: Date.now() })
      ensureDeviceKey().then(
        (key) => {
          if (mine !== attempt.current) return
          running.current = startHandshake({
            ...request,
            key,
            onStep: (next) => mine === attempt.current && setStep(next),
          })
        },
        (error: unknown) => {
          const problem = { code: 'STORAGE', message: String(error) }
          if (mine === attempt.current) setStep({ kind: 'failed', failure: { kind: 'problem', problem } })
        },
      )
    },
    refuse: () => running.current?.refuse(),
    confirm: (vouch) => running.current?.confirm(vouch),
    reset() {
      attempt.current += 1
      running.current?.close()
      setStep({ kind: 'none' })
    },
  }
}
