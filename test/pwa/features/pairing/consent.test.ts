/** What a paired device does to let a workstation in: its passkey's word, or waiting for a key press elsewhere (T4). */
import { expect, test } from 'vitest'
import { commandChallenge } from '../../../../protocol/command.ts'
import { admissionBytes } from '../../../../protocol/pairing.ts'
import { ProblemError } from '../../../../pwa/graphql/problem.ts'
import { device, joined, played } from './played.ts'

test('[T4] a workstation that the server asks a key press for stays open, and so does one whose passkey was not given', async () => {
  const server = await played(() => ({}), 'ENROL_HOST')
  const phone = await device(server, null, server.fetch, 'ENROL_HOST')
  const { publicKey, nonce } = await joined(server)
  server.move({ state: 'REVEALED', openerNonce: server.host.nonce })
  await phone.reaches('matching')
  const stills = () => phone.taken.flatMap((step) => (step.kind === 'matching' ? [step.still] : []))
  phone.handshake.confirm(async () => {
    throw new ProblemError({ code: 'PASSKEY_CANCELLED', message: 'You closed it.' })
  })
  await expect.poll(stills).toEqual([null, { message: 'You closed it.' }])
  phone.handshake.confirm()
  await expect.poll(stills).toEqual([null, { message: 'You closed it.' }, 'terminal'])
  // With the passkey's word: over this very pairing.
  const asked: string[] = []
  const word = { id: 'x', authenticatorData: 'x', clientData: 'x', signature: 'x' }
  phone.handshake.confirm(async (challenge) => {
    asked.push(challenge)
    return word
  })
  await expect.poll(() => server.called().filter((call) => call === 'ConfirmPairing')).toHaveLength(2)
  const ends = { openerPublicKey: server.host.publicKey, openerNonce: server.host.nonce }
  const mine = { joinerPublicKey: publicKey ?? '', joinerNonce: nonce ?? '' }
  expect(asked).toEqual([await commandChallenge(admissionBytes('par_1', { purpose: 'ENROL_HOST', ...ends, ...mine }))])
  server.move({ state: 'CONFIRMED' })
  await phone.reaches('done')
})
