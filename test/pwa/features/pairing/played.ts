/** A server of one pairing, played in memory, honest or not; and the device that joins it. */
import { expect } from 'vitest'
import { randomText } from '../../../../protocol/bytes.ts'
import { exportPublicKey, generateKeys, principalId } from '../../../../protocol/keys.ts'
import { commitment, type PairingLink, type PairingPurpose } from '../../../../protocol/pairing.ts'
import { type Failure, type Step, startHandshake } from '../../../../pwa/features/pairing/handshake.ts'

export type Pairing = Record<string, unknown> & { state: string; openerNonce: string | null }
export type Call = { operation: string; variables: Record<string, unknown> }

export async function hostOf() {
  const keys = await generateKeys(true)
  const publicKey = await exportPublicKey(keys.publicKey)
  const nonce = randomText(32)
  return { publicKey, nonce, id: await principalId('hst', publicKey) }
}

/** A server of one pairing: answers in memory what the real one answers over HTTP. `twist` is what a dishonest one changes. */
export async function played(
  twist: (pairing: Pairing, call: string) => Partial<Pairing> = () => ({}),
  purpose: PairingPurpose = 'PAIR_DEVICE',
) {
  const host = await hostOf()
  const calls: Call[] = []
  const pairing: Pairing = {
    id: 'par_1',
    purpose,
    state: 'CLAIMED',
    rung: 'STEER',
    commitment: await commitment(purpose, host.publicKey, host.nonce),
    openerName: 'atlas',
    openerPublicKey: host.publicKey,
    openerNonce: null,
    hostId: host.id,
    sessionId: 'ses_1',
    deviceId: null,
    expiresAt: new Date(Date.now() + 300_000).toISOString(),
  }
  const waiters = new Set<() => void>()
  const move = (change: Partial<Pairing>) => {
    Object.assign(pairing, change)
    for (const wake of [...waiters]) wake()
  }
  const answer = async (call: Call, signal: AbortSignal | null | undefined) => {
    const shown = () => ({ ...pairing, ...twist(pairing, call.operation) })
    switch (call.operation) {
      case 'ClaimPairing':
        return { claimPairing: { token: 'odd_token', pairing: shown() } }
      case 'JoinPairing':
        move({ state: 'JOINED' })
        return { joinPairing: shown() }
      case 'Pairing':
        if (pairing.state === call.variables.knownState)
          await new Promise<void>((resolve) => {
            waiters.add(resolve)
            signal?.addEventListener('abort', () => resolve())
          })
        return { pairing: shown() }
      case 'ConfirmPairing':
        if (call.variables.assertion === null) throw new Error('PASSKEY_REQUIRED')
        return { confirmPairing: { id: pairing.id, state: pairing.state } }
      default:
        move({ state: 'REFUSED' })
        return { refusePairing: { id: pairing.id, state: 'REFUSED' } }
    }
  }
  const fetch: typeof globalThis.fetch = async (_url, init) => {
    const { query, variables } = JSON.parse(String(init?.body)) as { query: string; variables: Record<string, unknown> }
    const call = { operation: /(?:query|mutation) (\w+)/.exec(query)?.[1] ?? '', variables }
    calls.push(call)
    try {
      return Response.json({ data: await answer(call, init?.signal) })
    } catch (error) {
      const { message } = error as Error
      return Response.json({ errors: [{ message, extensions: { code: message } }] })
    }
  }
  const input = () =>
    calls.find((call) => call.operation === 'JoinPairing')?.variables.input as Record<string, string> | undefined
  return { host, calls, fetch, move, input, called: () => calls.map((call) => call.operation) }
}

export type Server = Awaited<ReturnType<typeof played>>

export async function device(
  server: Server,
  link: PairingLink | null = null,
  fetch = server.fetch,
  purpose: PairingPurpose = 'PAIR_DEVICE',
) {
  const keys = await generateKeys(false)
  const publicKey = await exportPublicKey(keys.publicKey)
  const taken: Step[] = []
  const hearers = new Set<() => void>()
  const handshake = startHandshake({
    code: link?.code ?? 'K7M2QX3D',
    link,
    purpose,
    ...(purpose === 'ENROL_HOST' && { ownToken: 'odd_own' }),
    deviceName: 'Pixel 8',
    key: { publicKey },
    ask: { fetch, url: 'http://server.test/graphql' },
    onStep: (step) => {
      taken.push(step)
      for (const hear of hearers) hear()
    },
  })
  /** Waits for a step of that kind; a test's own time-out is its deadline. */
  const reaches = <Kind extends Step['kind']>(kind: Kind) =>
    new Promise<Extract<Step, { kind: Kind }>>((resolve) => {
      const look = () => {
        const found = taken.find((step): step is Extract<Step, { kind: Kind }> => step.kind === kind)
        if (found) resolve(found)
      }
      hearers.add(look)
      look()
    })
  const fails = async (): Promise<Failure> => (await reaches('failed')).failure
  return { handshake, publicKey, taken, reaches, fails }
}

export const joined = async (server: Server) => {
  await expect.poll(() => server.input()).toBeDefined()
  const input = server.input()
  if (!input) throw new Error('nobody joined')
  return input
}
