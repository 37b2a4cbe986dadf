import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { requestEnrolment } from '../../../agent-cli/remote/enrolment.ts'
import { createHostLink } from '../../../agent-cli/remote/host-link.ts'
import { openIdentity } from '../../../agent-cli/remote/identity.ts'
import { watchPairing } from '../../../agent-cli/remote/pairing.ts'
import { openPairings, readPairing } from '../../../agent-cli/remote/pairing-files.ts'
import { AdmitHost } from '../../../agent-cli/remote/pairing-operations.ts'
import { openRoster } from '../../../agent-cli/remote/roster.ts'
import { randomText } from '../../../protocol/bytes.ts'
import { exportPublicKey, generateKeys, principalId } from '../../../protocol/keys.ts'
import { joinMac } from '../../../protocol/pairing.ts'
import { steps } from '../../kit/people.ts'
import { atEnd, eventually, folder } from '../bridge/desk.ts'
import { enrolled, server } from './away.ts'

vi.setConfig({ testTimeout: 40_000 })

async function linked() {
  const at = await server()
  const dataDir = await folder()
  await enrolled(at, dataDir)
  const link = await createHostLink({ dataDir, endpoint: { url: at.url } })
  atEnd(() => link.close())
  return { at, dataDir, hostDir: join(dataDir, 'host'), link, step: steps(at.gql) }
}

async function joiner() {
  const keys = await generateKeys(false)
  const publicKey = await exportPublicKey(keys.publicKey)
  return { publicKey, nonce: randomText(32), id: await principalId('dev', publicKey) }
}

test('another process of this machine finishes a pairing from its file, and both see the same match code', async () => {
  const { dataDir, hostDir, link, step, at } = await linked()
  const pairing = await link.openPairing('ANSWER', null)
  const { token, pairing: claimed } = await step.claim(pairing.file.code)
  const { publicKey, nonce, id } = await joiner()
  await step.join(token, { pairingId: claimed.id, publicKey, nonce, name: 'phone' })
  const [file] = await openPairings(hostDir)
  if (file === undefined) throw new Error('no pairing is open')
  const other = await createHostLink({ dataDir, endpoint: { url: at.url } })
  atEnd(() => other.close())
  const watched = watchPairing({ file, hostDir, identity: other.identity, roster: other.roster, call: other.call })
  atEnd(() => watched.close())
  const code = await eventually(() => watched.progress().matchCode)
  expect(await eventually(() => pairing.progress().matchCode)).toBe(code)
  expect(watched.progress().readTheQr).toBe(false)
  await watched.confirm()
  await eventually(() => pairing.progress().state === 'CONFIRMED')
  expect(await link.roster.find(id)).toMatchObject({ rung: 'ANSWER', via: 'paired' })
  expect(await eventually(async () => (await readPairing(hostDir, file.id)) === null)).toBe(true)
})

test('[peer 13] a proof of the QR that does not fit the key that arrived fails the pairing; nothing is trusted', async () => {
  const { link, step } = await linked()
  const pairing = await link.openPairing('STEER', null)
  const { token, pairing: claimed } = await step.claim(pairing.file.code)
  const honest = await joiner()
  const swapped = await joiner()
  const seen = {
    purpose: 'PAIR_DEVICE',
    openerPublicKey: claimed.openerPublicKey,
    joinerPublicKey: honest.publicKey,
    joinerNonce: honest.nonce,
  } as const
  const mac = await joinMac(pairing.file.secret, seen)
  await step.join(token, {
    pairingId: claimed.id,
    publicKey: swapped.publicKey,
    nonce: honest.nonce,
    name: 'phone',
    mac,
  })
  await eventually(() => pairing.progress().state === 'FAILED')
  await expect(pairing.confirm()).rejects.toMatchObject({ code: 'PAIRING_STATE' })
  expect(await link.roster.devices()).toEqual([])
})

test('refused at the terminal: nothing is trusted and the device is told', async () => {
  const { at, link, step } = await linked()
  const pairing = await link.openPairing('STEER', null)
  const { token, pairing: claimed } = await step.claim(pairing.file.code)
  const { publicKey, nonce } = await joiner()
  await step.join(token, { pairingId: claimed.id, publicKey, nonce, name: 'phone' })
  await eventually(() => pairing.progress().matchCode)
  await pairing.refuse()
  expect((await step.look(token, claimed.id)).state).toBe('REFUSED')
  expect(await link.roster.devices()).toEqual([])
  expect(at.logged.filter((line) => !/abort/i.test(String(line)) && !/INTERNAL/.test(String(line)))).toEqual([])
})

test('[T2] a new machine is let in by a paired device, and trusts it after its own key press', async () => {
  const { at, link, step } = await linked()
  const pairing = await link.openPairing('FULL', null)
  const { token, pairing: claimed } = await step.claim(pairing.file.code)
  const phone = await joiner()
  await step.join(token, { pairingId: claimed.id, publicKey: phone.publicKey, nonce: phone.nonce, name: 'phone' })
  await eventually(() => pairing.progress().matchCode)
  await pairing.confirm()

  const hostDir = join(await folder(), 'host')
  const roster = openRoster(hostDir)
  const identity = await openIdentity(hostDir)
  const enrolment = await requestEnrolment({ endpoint: { url: at.url }, identity, hostDir, name: 'second', roster })
  atEnd(() => enrolment.pairing.close())
  const again = await step.claim(enrolment.code, token)
  await step.join(token, { pairingId: again.pairing.id, publicKey: phone.publicKey, nonce: phone.nonce, name: 'phone' })
  let press = (_isSame: boolean) => {}
  const finished = enrolment.finish(
    () =>
      new Promise((resolve) => {
        press = resolve
      }),
  )
  await eventually(() => enrolment.pairing.progress().matchCode)
  await link.call(AdmitHost, { id: again.pairing.id })
  await eventually(() => enrolment.pairing.progress().state === 'CONFIRMED')
  expect(await roster.devices()).toEqual([])
  press(true)
  expect(await finished).toMatchObject({ isTrusted: true })
  expect(await roster.find(phone.id)).toMatchObject({ rung: 'FULL' })
})

test('[T5] [peer 13] a server that says CONFIRMED before the key press at this machine makes nobody trusted', async () => {
  const { at, step, link } = await linked()
  const phone = await joiner()
  const opened = await link.openPairing('FULL', null)
  const { token, pairing } = await step.claim(opened.file.code)
  await step.join(token, { pairingId: pairing.id, publicKey: phone.publicKey, nonce: phone.nonce, name: 'phone' })
  await eventually(() => opened.progress().matchCode)
  await opened.confirm()

  const hostDir = join(await folder(), 'host')
  const roster = openRoster(hostDir)
  const identity = await openIdentity(hostDir)
  const enrolment = await requestEnrolment({ endpoint: { url: at.url }, identity, hostDir, name: 'second', roster })
  atEnd(() => enrolment.pairing.close())
  const again = await step.claim(enrolment.code, token)
  await step.join(token, { pairingId: again.pairing.id, publicKey: phone.publicKey, nonce: phone.nonce, name: 'phone' })
  let press = (_isSame: boolean) => {}
  const finished = enrolment.finish(
    () =>
      new Promise((resolve) => {
        press = resolve
      }),
  )
  await eventually(() => enrolment.pairing.progress().matchCode)
  await link.call(AdmitHost, { id: again.pairing.id })
  await eventually(() => enrolment.pairing.progress().state === 'CONFIRMED')
  press(false)
  expect(await finished).toMatchObject({ isTrusted: false, final: { state: 'CONFIRMED' } })
  expect(await roster.devices()).toEqual([])
})
