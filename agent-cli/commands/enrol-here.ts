/** Makes sure that a server knows this machine before a session is opened to it. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Places } from '../journal/places.ts'
import { enrolWithSetupCode, isEnrolled } from '../remote/enrolment.ts'
import { RemoteError } from '../remote/failure.ts'
import { openIdentity } from '../remote/identity.ts'
import { Mistake } from './mistake.ts'
import { requireWay } from './ways.ts'

/** Enrols with the setup code that a server on this machine keeps in its folder; another server needs `offdesk login`. Throws Mistake. */
export async function enrolHere(places: Places, url: string): Promise<void> {
  await requireWay(url)
  const identity = await openIdentity(places.host)
  const at = { endpoint: { url }, identity, hostDir: places.host }
  try {
    if (await isEnrolled(at)) return
  } catch (error) {
    if (error instanceof RemoteError)
      throw new Mistake(`${error.message} Check the address and the network; the session can also run without remote.`)
    throw error
  }
  const setupCode = await readFile(join(places.server, 'setup-code'), 'utf8').catch(() => null)
  if (setupCode === null)
    throw new Mistake(`The server at ${url} does not know this machine yet. Run “offdesk login ${url}” once.`)
  try {
    await enrolWithSetupCode({ ...at, setupCode: setupCode.trim() })
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error
    throw new Mistake(
      `The server at ${url} did not take this machine: ${error.message} “offdesk login ${url}” asks a paired device instead.`,
    )
  }
}
