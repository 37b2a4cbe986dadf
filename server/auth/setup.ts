/** The setup code: made for the first host, used once. Knows no file: who shows it is main's. */
import { randomInt } from 'node:crypto'
import { ALPHABET, normaliseCode } from '../../protocol/pairing.ts'
import type { Tx } from '../db/database.ts'
import { noteAudit } from '../store/audit.ts'
import { anyHostEnrolled, enrolHost, findHost, type HostRow } from '../store/hosts.ts'
import { createOwner, firstOwner, lockFirstOwner } from '../store/owners.ts'
import { refuse } from '../store/refused.ts'
import {
  addSetupCode,
  addSetupCodeFor,
  holdSetupCodes,
  replaceSetupCode,
  useSetupCode,
  wasSetupCodeUsed,
} from '../store/setup-codes.ts'
import { lockPerson } from '../store/sign-in-passkeys.ts'
import { ownerTopic, type Ring } from '../store/topic.ts'
import { requireProvisioned } from './letting-in.ts'
import { limited, type Outcome, SETUP_CODE } from './limited.ts'
import { parseKey, parseName, parsePlatform } from './parse.ts'
import { hashToken } from './tokens.ts'

/** `count` signs of five random bits each. */
export const randomCode = (count: number): string =>
  Array.from({ length: count }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('')

export const hashCode = (typed: string): string => hashToken(normaliseCode(typed))

const grouped = (code: string): string => code.replace(/(.{4})(.{4})(.{4})/, '$1-$2-$3')

/** A new code of 60 bits in three groups; the one before stops working. */
export async function openSetup(tx: Tx): Promise<string> {
  const code = randomCode(12)
  await replaceSetupCode(tx, hashCode(code))
  return grouped(code)
}

/** One more code for the first host, beside those that other processes on this database have shown; null once somebody is enrolled. */
export async function openSharedSetup(tx: Tx): Promise<string | null> {
  await holdSetupCodes(tx)
  if (await anyHostEnrolled(tx)) return null
  const code = randomCode(12)
  await addSetupCode(tx, hashCode(code))
  return grouped(code)
}

/** A code for a server that somebody owns already, whatever its database; the one that was made so before stops working. */
export async function openSetupFor(tx: Tx, seconds: number): Promise<string> {
  const code = randomCode(12)
  await addSetupCodeFor(tx, hashCode(code), seconds)
  return grouped(code)
}

/** Enrols a host by the setup code; the first one brings its owner into being. Safe to retry with the same key and code. Throws REVOKED for an owner who is deactivated. */
export async function enrolBySetupCode(
  tx: Tx,
  ring: Ring,
  asked: { name: string; platform?: string | null | undefined; publicKey: string; setupCode: string; address: string },
): Promise<Outcome<HostRow>> {
  const id = await parseKey('hst', asked.publicKey)
  const name = parseName(asked.name)
  const platform = parsePlatform(asked.platform)
  const codeHash = hashCode(asked.setupCode)
  const attempt = async (): Promise<HostRow | null> => {
    if (!(await useSetupCode(tx, codeHash))) {
      const before = await findHost(tx, id)
      return before && (await wasSetupCodeUsed(tx, codeHash)) && before.revokedAt === null ? before : null
    }
    await lockFirstOwner(tx)
    const there = await firstOwner(tx)
    // A code lets in nobody whom their provider keeps out; a deactivation that is under way is waited for (T3).
    if (there) {
      await lockPerson(tx, there.id)
      await requireProvisioned(tx, there.id)
    }
    const owner = there ?? (await createOwner(tx, name))
    const host = await enrolHost(tx, {
      ...{ id, ownerId: owner.id, name, platform, publicKey: asked.publicKey, bySetupCode: true },
    })
    await noteAudit(tx, {
      ...{ ownerId: owner.id, actor: host.id, actorName: name, surface: 'TERMINAL', action: 'host.enrol' },
      ...{ target: host.id, proof: 'setup code', outcome: 'DONE', line: 'by the setup code' },
    })
    ring(ownerTopic(owner.id))
    return host
  }
  return limited(tx, SETUP_CODE, asked.address, attempt, () =>
    refuse('CODE_WRONG', 'This is not the setup code, or it has been used or is over.', {
      rule: 'a setup code enrols one host',
      level: 'server',
      remedy:
        'At the machine of the server: “offdesk serve” prints the code at its first start, “offdesk recover” prints another once somebody owns the server.',
    }),
  )
}
