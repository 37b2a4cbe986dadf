// A command's way to the host: three dots and words. Done only when the host has said so.
import type { ReactNode } from 'react'

export type ReceiptStep = 'kept' | 'saved' | 'delivered' | 'applied'

const reachedBy: Record<ReceiptStep, number> = { kept: 0, saved: 1, delivered: 2, applied: 3 }

/** Dots up to `step` and the words beside them. `kept` is still in this device's outbox: no dot is filled. */
export function Receipt({ step, children }: { step: ReceiptStep; children: ReactNode }) {
  const reached = reachedBy[step]
  return (
    <div className={step === 'applied' ? 'receipt receipt-applied' : 'receipt'}>
      <svg width="2.125rem" height="0.5rem" viewBox="0 0 34 8" aria-hidden="true">
        <path d="M7 4h7M20 4h7" />
        {[4, 17, 30].map((x, index) => (
          <circle key={x} cx={x} cy="4" r="2.9" className={index < reached ? 'reached' : undefined} />
        ))}
      </svg>
      <span className="num-inline">{children}</span>
    </div>
  )
}
