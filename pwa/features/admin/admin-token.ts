// The admin's token of this tab. It is no part of this device's pairing, ends with the tab, and lies nowhere else: whoever picks the
// phone up later is no admin.
import { useSyncExternalStore } from 'react'

const NAME = 'offdesk-admin-token'
const listeners = new Set<() => void>()

export const readAdminToken = (): string | null => {
  try {
    return sessionStorage.getItem(NAME)
  } catch {
    return null
  }
}

/** Null forgets it. */
export function keepAdminToken(token: string | null): void {
  try {
    if (token === null) sessionStorage.removeItem(NAME)
    else sessionStorage.setItem(NAME, token)
  } catch {
    // Storage is denied: then there is no administration on this browser.
  }
  for (const listener of listeners) listener()
}

const subscribe = (onChange: () => void) => {
  listeners.add(onChange)
  return () => listeners.delete(onChange)
}

export const useAdminToken = (): string | null => useSyncExternalStore(subscribe, readAdminToken)
