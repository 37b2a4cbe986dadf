// A secret or a link that is shown now and never again: whole, to be marked or copied. Knows nothing of what it opens.
import { useState } from 'react'
import { Button } from './button.tsx'

/** `label` names it for the ear; the copy button says whether it is on the clipboard. */
export function ShownOnce({ label, value }: { label: string; value: string }) {
  const [copied, setCopied] = useState<'no' | 'yes' | 'refused'>('no')
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value)
      setCopied('yes')
    } catch {
      // Without HTTPS, or when the person says no: it can still be marked.
      setCopied('refused')
    }
  }
  return (
    <div className="shown-once">
      <p className="shown-once-value">
        <span className="sr-only">{label}: </span>
        <code>{value}</code>
      </p>
      <Button kind="quiet" icon={copied === 'yes' ? 'tick' : 'copy'} onClick={() => void copy()}>
        {copied === 'yes' ? 'Copied' : copied === 'refused' ? 'Mark it and copy it by hand' : 'Copy'}
      </Button>
    </div>
  )
}
