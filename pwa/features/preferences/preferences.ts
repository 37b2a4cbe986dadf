// What a person set for this device alone: theme and single-letter keys. Kept in localStorage, which is read before the first paint.
import { useSyncExternalStore } from 'react'

export type Theme = 'system' | 'light' | 'dark'
export type Preferences = { theme: Theme; shortcuts: boolean }

const NAME = 'offdesk-preferences'
const defaults: Preferences = { theme: 'system', shortcuts: true }

function read(): Preferences {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(NAME) ?? '{}')
    if (typeof kept !== 'object' || kept === null) return defaults
    const theme = 'theme' in kept && (kept.theme === 'light' || kept.theme === 'dark') ? kept.theme : 'system'
    return { theme, shortcuts: !('shortcuts' in kept && kept.shortcuts === false) }
  } catch {
    return defaults
  }
}

let current: Preferences | undefined
const listeners = new Set<() => void>()
const get = (): Preferences => {
  current ??= read()
  return current
}

/** Puts the chosen theme on the page; `system` leaves it to the system. */
export function applyTheme(): void {
  const { theme } = get()
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}

/** Takes effect at once and is kept where the browser allows it. */
export function setPreferences(change: Partial<Preferences>): void {
  current = { ...get(), ...change }
  try {
    localStorage.setItem(NAME, JSON.stringify(current))
  } catch {
    // Storage is denied: it holds until the page is closed.
  }
  applyTheme()
  for (const listener of listeners) listener()
}

const subscribe = (onChange: () => void) => {
  listeners.add(onChange)
  return () => listeners.delete(onChange)
}

export const usePreferences = (): Preferences => useSyncExternalStore(subscribe, get)
