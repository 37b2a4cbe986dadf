/** The pairing behind the QR: opened when the QR is first wanted, renewed when it has ended. */
import { useCallback, useEffect, useState } from 'react'
import type { BridgeSession, OpenPairing, PairingView } from '../bridge/contract.ts'
import { usePairing } from './use-session.ts'

export type PairingState = {
  readonly pairing: OpenPairing | null
  readonly view: PairingView | null
  readonly problem: string | null
  /** The match code is on both screens and waits for the key press. */
  readonly isAsking: boolean
}

/** While `isWanted`, keeps one pairing open: a used or expired one is replaced, so that the QR on screen always works. */
export function usePairingState(
  session: BridgeSession,
  isWanted: boolean,
): PairingState & { report(sentence: string): void } {
  const [pairing, setPairing] = useState<OpenPairing | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const view = usePairing(pairing)
  const isOver = view !== null && ['CONFIRMED', 'REFUSED', 'EXPIRED', 'FAILED'].includes(view.state)

  useEffect(() => {
    if (!isWanted || (pairing && !isOver)) return
    let isGone = false
    session.remote
      .openPairing()
      .then((opened) => {
        if (isGone) return opened.close()
        setProblem(null)
        setPairing(opened)
      })
      .catch((error: unknown) => !isGone && setProblem(error instanceof Error ? error.message : String(error)))
    return () => {
      isGone = true
    }
  }, [session, isWanted, pairing, isOver])

  useEffect(() => () => pairing?.close(), [pairing])
  const report = useCallback((sentence: string) => setProblem(sentence), [])
  return { pairing, view, problem, isAsking: view?.state === 'REVEALED', report }
}
