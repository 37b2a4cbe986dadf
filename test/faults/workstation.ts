/** A workstation of a run: one data folder, one cable to the server, known there, with phones paired at it by the whole handshake. */
import { cpSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { enrolWithSetupCode } from '../../agent-cli/remote/enrolment.ts'
import { createHostLink } from '../../agent-cli/remote/host-link.ts'
import { openIdentity } from '../../agent-cli/remote/identity.ts'
import { randomText } from '../../protocol/bytes.ts'
import { exportPublicKey, generateKeys, type KeyPair, principalId } from '../../protocol/keys.ts'
import { matchCode } from '../../protocol/pairing.ts'
import { ask } from '../kit/ask.ts'
import { steps } from '../kit/people.ts'
import { mountSmallDisk, releaseSmallDisk } from '../kit/small-disk.ts'
import type { Cable } from './cable.ts'
import { until } from './process.ts'

export type Paired = { id: string; name: string; token: string; keys: KeyPair; hostId: string }

export type Workstation = {
  readonly dataDir: string
  readonly cable: Cable
  /** Devices in its roster, as they were paired. */
  readonly paired: readonly Paired[]
  /** Null where no small disk could be mounted. */
  readonly disk: { fill(): void; empty(): void } | null
  /** Its files stay, those of a small disk as a copy beside it. */
  keep(): void
  close(): void
}

export async function createWorkstation(given: {
  folder: string
  name: string
  cable: Cable
  setupCode: string
  /** Bytes of a file system of its own, 0 for none. */
  diskBytes: number
  phones: readonly string[]
}): Promise<Workstation> {
  const { folder, name, cable } = given
  mkdirSync(folder, { recursive: true })
  const isMounted = given.diskBytes > 0 && mountSmallDisk(folder, given.diskBytes)
  const dataDir = join(folder, 'data')
  const hostDir = join(dataDir, 'host')
  const endpoint = { url: cable.url }
  await enrolWithSetupCode({
    endpoint,
    identity: await openIdentity(hostDir),
    hostDir,
    name,
    setupCode: given.setupCode,
  })
  const link = await createHostLink({ dataDir, endpoint })
  const paired: Paired[] = []
  try {
    for (const one of given.phones) paired.push(await pair(link, cable.url, one))
  } finally {
    await link.close()
  }
  const ballast = join(folder, 'ballast')
  return {
    ...{ dataDir, cable, paired },
    disk: isMounted
      ? {
          fill() {
            const { bavail, bsize } = statfsSync(folder)
            try {
              writeFileSync(ballast, Buffer.alloc(bavail * bsize))
            } catch {
              // What still fitted is written; that it is full is the point.
            }
          },
          empty: () => rmSync(ballast, { force: true }),
        }
      : null,
    keep() {
      if (isMounted) cpSync(folder, `${folder}.kept`, { recursive: true })
      releaseSmallDisk(folder)
    },
    close() {
      releaseSmallDisk(folder)
    },
  }
}

async function pair(link: Awaited<ReturnType<typeof createHostLink>>, url: string, name: string): Promise<Paired> {
  const gql = async <T>(token: string | null, document: string, variables?: object): Promise<T> =>
    (await ask<T>(url, token, document, variables)).value()
  const step = steps(gql)
  const opened = await link.openPairing('FULL', null)
  const keys = await generateKeys(false)
  const publicKey = await exportPublicKey(keys.publicKey)
  const { token, pairing } = await step.claim(opened.file.code)
  const nonce = randomText(32)
  await step.join(token, { pairingId: pairing.id, publicKey, nonce, name })
  if (!(await until(() => opened.progress().matchCode !== null, 10_000))) throw new Error('no match code was shown')
  const { openerNonce } = await step.look(token, pairing.id)
  const shown = await matchCode({
    ...{ purpose: 'PAIR_DEVICE', openerPublicKey: pairing.openerPublicKey, openerNonce: openerNonce ?? '' },
    ...{ joinerPublicKey: publicKey, joinerNonce: nonce },
  })
  if (shown !== opened.progress().matchCode) throw new Error('the match codes differ')
  await opened.confirm()
  return { id: await principalId('dev', publicKey), name, token, keys, hostId: link.identity.hostId }
}
