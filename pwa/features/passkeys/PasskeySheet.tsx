// What needs a passkey, and there is none that would count: why, and the way to one, without leaving what is being decided.
import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { deviceWord } from '../../ui/device-word.ts'
import { Sheet, SheetPart, SheetTitle } from '../../ui/sheet.tsx'
import { MakePasskey, PinPasskey } from './passkey-steps.tsx'
import { usePasskeys } from './passkeys.ts'

export function PasskeySheet(props: { what: string; host: { id: string; name: string }; onClose: () => void }) {
  const { host } = props
  const passkeys = usePasskeys()
  const [done, setDone] = useState(false)
  const has = (passkeys.own?.length ?? 0) > 0
  const word = deviceWord()
  return (
    <Sheet
      open
      onClose={props.onClose}
      label={`“${props.what}” needs your passkey`}
      guardKey={done ? 'done' : 'way'}
      footer={
        <Button kind="quiet" tall block onClick={props.onClose}>
          {done ? 'Back to the question' : 'Close'}
        </Button>
      }
    >
      <SheetTitle
        title={done ? `It counts on ${host.name} now` : `“${props.what}” needs your passkey`}
        who={
          done
            ? 'Choose again; your passkey is asked for then.'
            : `It gives this ${word} what only the terminal of ${host.name} has, so ${host.name} wants to know that it is you: by fingerprint, face or PIN.`
        }
      />
      {!done && (
        <SheetPart>
          <div className="passkey-steps">
            {has ? (
              <PinPasskey passkeys={passkeys} host={host} onPinned={() => setDone(true)} />
            ) : (
              <>
                <p className="type-second">
                  This {word} has no passkey yet. After making it, one key press at the terminal of {host.name} follows.
                </p>
                <MakePasskey passkeys={passkeys} />
              </>
            )}
          </div>
        </SheetPart>
      )}
    </Sheet>
  )
}
