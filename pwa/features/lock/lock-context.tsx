// Puts the lock around the app: what is behind it is not drawn, not connected and not in the page while it is locked.
import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from 'react'
import { lockRecords } from '../../keys/app-lock.ts'
import { Locked } from './Locked.tsx'
import { createLock, type Lock, type LockState } from './lock.ts'

const Context = createContext<Lock | null>(null)

/** Signs of a person, not of a page: a transcript that scrolls by itself keeps nothing open. */
const TOUCHES = ['pointerdown', 'keydown', 'wheel', 'touchmove'] as const

export function LockGate({ children }: { children: ReactNode }) {
  const [lock, setLock] = useState<Lock | null>(null)
  useEffect(() => {
    const made = createLock(lockRecords)
    setLock(made)
    return () => made.close()
  }, [])
  useEffect(() => {
    if (!lock) return
    const over = new AbortController()
    const { signal } = over
    for (const touch of TOUCHES) window.addEventListener(touch, lock.touch, { signal, passive: true, capture: true })
    // A page that is seen again may have slept through its time: it looks before it is touched.
    const seen = () => void (document.visibilityState === 'visible' && lock.look())
    document.addEventListener('visibilitychange', seen, { signal })
    window.addEventListener('focus', seen, { signal })
    return () => over.abort()
  }, [lock])
  return lock && <Gate lock={lock}>{children}</Gate>
}

function Gate({ lock, children }: { lock: Lock; children: ReactNode }) {
  const { kind } = useSyncExternalStore(lock.subscribe, lock.current)
  if (kind === 'loading') return null
  return <Context value={lock}>{kind === 'locked' ? <Locked lock={lock} /> : children}</Context>
}

/** Throws outside the gate: a mistake of the programmer. */
export function useLock(): { lock: Lock; state: LockState } {
  const lock = useContext(Context)
  if (!lock) throw new Error('LockGate is missing')
  return { lock, state: useSyncExternalStore(lock.subscribe, lock.current) }
}
