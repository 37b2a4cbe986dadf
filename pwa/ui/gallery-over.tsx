// Gallery: a sheet over a session, open at first.
import { type ReactNode, useState } from 'react'
import { SessionTail } from './gallery-session.tsx'

export function OverSession({ children }: { children: (open: boolean, close: () => void) => ReactNode }) {
  const [open, setOpen] = useState(true)
  return (
    <>
      <SessionTail />
      {children(open, () => setOpen(false))}
    </>
  )
}
