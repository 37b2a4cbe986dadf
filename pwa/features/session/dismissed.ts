// Ends of commands that a person has read and put away, per session, on this device.
import { useState } from 'react'

const nameOf = (sessionId: string) => `offdesk-dismissed:${sessionId}`
/** As many as a day of hard work leaves; older ones are no longer shown anyway. */
const MOST = 100

function read(sessionId: string): string[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(nameOf(sessionId)) ?? '[]')
    return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
  } catch {
    return []
  }
}

export function useDismissed(sessionId: string): { has(id: string): boolean; add(id: string): void } {
  const [ids, setIds] = useState(() => read(sessionId))
  return {
    has: (id) => ids.includes(id),
    add(id) {
      const next = [...ids.filter((one) => one !== id), id].slice(-MOST)
      setIds(next)
      try {
        localStorage.setItem(nameOf(sessionId), JSON.stringify(next))
      } catch {
        // Storage is closed: put away until the next visit.
      }
    },
  }
}
