/** React's view of a bridge session: the newest immutable value, and a clock that runs only while something needs it. */
import { useEffect, useState, useSyncExternalStore } from 'react'
import type { BridgeSession, OpenPairing, PairingView } from '../bridge/contract.ts'
import type { SessionView } from '../bridge/view.ts'

export const useView = (session: BridgeSession): SessionView => useSyncExternalStore(session.subscribe, session.view)

/** Milliseconds now; ticks once a second while `isRunning`. */
export function useNow(isRunning: boolean): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    if (!isRunning) return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [isRunning])
  return isRunning ? now : Date.now()
}

/** The pairing's newest state, or null without a pairing. */
export function usePairing(pairing: OpenPairing | null): PairingView | null {
  const [view, setView] = useState<PairingView | null>(null)
  useEffect(() => {
    if (!pairing) return setView(null)
    setView(pairing.view())
    return pairing.subscribe(() => setView(pairing.view()))
  }, [pairing])
  return view
}
