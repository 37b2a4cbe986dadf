// One device: its name, its limit, where it is trusted, and its end.

import { useState } from 'react'
import type { Problem } from '../../graphql/problem.ts'
import { Answers, Button, TextLink } from '../../ui/button.tsx'
import { ChoiceRow } from '../../ui/choice.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { deviceWord } from '../../ui/device-word.ts'
import { Field } from '../../ui/field.tsx'
import { Note } from '../../ui/note.tsx'
import { Row } from '../../ui/row.tsx'
import { Sheet, SheetPart, SheetTitle } from '../../ui/sheet.tsx'
import { type Device, type DevicesUse, endorsable } from './devices.ts'
import { type Rung, reaches, rungName, rungSentence, rungs } from './rung-words.ts'

const words = (problem: Problem): string => (problem.remedy ? `${problem.message} ${problem.remedy}` : problem.message)

export function DeviceSheet(props: { device: Device; use: DevicesUse; onClose: () => void }) {
  const { device, use } = props
  const [name, setName] = useState(device.name)
  const [said, setSaid] = useState<string | null>(null)
  const [revoking, setRevoking] = useState(false)
  const self = use.devices.find((one) => one.isThisOne)
  const missing = endorsable(device, self, use.hosts)
  // What one that has signed in shall do once a workstation trusts it: no more than this device itself.
  const awaits = device.awaitsTrust && missing.length > 0
  const [wanted, setWanted] = useState<Rung>('ANSWER')
  const given = awaits ? wanted : device.rung
  const trustedOn = use.hosts.filter((host) => device.hostIds.includes(host.id)).map((host) => host.name)

  const run = async (doing: Promise<Problem | null>, done: string) => {
    const problem = await doing
    setSaid(problem ? `Not done: ${words(problem)}` : done)
  }
  return (
    <>
      <Sheet
        open
        onClose={props.onClose}
        label={device.name}
        guardKey={device.id}
        footer={
          <Answers>
            <Button kind="destructive" tall onClick={() => setRevoking(true)}>
              Revoke
            </Button>
            <Button kind="quiet" tall onClick={props.onClose}>
              Close
            </Button>
          </Answers>
        }
      >
        <SheetTitle
          title={device.name}
          who={trustedOn.length === 0 ? 'No workstation trusts it yet' : `Trusted on ${trustedOn.join(', ')}`}
        />
        <SheetPart>
          {said !== null && (
            <Note icon="info" boxed>
              {said}
            </Note>
          )}
          <Field label="Name" value={name} onChange={setName} maxLength={120} />
          {name.trim() !== '' && name.trim() !== device.name && (
            <TextLink onClick={() => void run(use.rename(device.id, name.trim()), 'Renamed.')}>Keep this name</TextLink>
          )}
        </SheetPart>
        {missing.map((host) => (
          <Row
            key={host.id}
            sheet
            wrap
            title={`Trust on ${host.name}`}
            detail={`${host.name} does not know this device. Yours signs it in, up to ${rungName[given]}.`}
            chevron
            onClick={() =>
              void run(
                use.endorse(device, host, wanted),
                `Signed and sent to ${host.name}. It counts once ${host.name} has taken it.`,
              )
            }
          />
        ))}
        <fieldset className="device-rungs">
          <legend className="group-label">{awaits ? 'What it shall be trusted with' : 'What it may do'}</legend>
          {rungs.map((rung) => (
            <ChoiceRow
              key={rung}
              ruled
              kind="radio"
              name="rung"
              value={rung}
              checked={rung === given}
              // The server lowers, it never raises: a higher rung is given at a terminal, by pairing again.
              disabled={!reaches(awaits ? (self?.rung ?? 'VIEW') : device.rung, rung)}
              onChange={() =>
                awaits ? setWanted(rung) : void run(use.limit(device.id, rung), `Limited to ${rungName[rung]}.`)
              }
              title={rungName[rung].charAt(0).toUpperCase() + rungName[rung].slice(1)}
              // Its name stands above.
              detail={`It ${rungSentence[rung].replace(` (${rungName[rung]})`, '')}`}
            />
          ))}
        </fieldset>
        <SheetPart>
          <p className="type-second">
            {device.awaitsTrust
              ? 'It has signed in and may look. A workstation takes its orders once it trusts it.'
              : 'To raise it, pair the device again at a terminal.'}
          </p>
        </SheetPart>
      </Sheet>
      <ConfirmDialog
        open={revoking}
        title={device.isThisOne ? `Unpair this ${deviceWord()}?` : `Revoke ${device.name}?`}
        confirm={device.isThisOne ? 'Unpair' : 'Revoke'}
        destructive
        onClose={() => setRevoking(false)}
        onConfirm={() => {
          setRevoking(false)
          void run(use.revoke(device.id), 'Revoked.').then(props.onClose)
        }}
      >
        It loses every connection within a second and is told why. It can be paired again at a terminal.
      </ConfirmDialog>
    </>
  )
}
