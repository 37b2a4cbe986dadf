/** `offdesk login <url>`: makes this machine known to a server, by its setup code or by a device that is paired or signed in there. */
import { spaced } from '../../protocol/pairing.ts'
import { enrolWithSetupCode, isEnrolled, requestEnrolment } from '../remote/enrolment.ts'
import { RemoteError } from '../remote/failure.ts'
import { openIdentity } from '../remote/identity.ts'
import { openRoster, type Rung } from '../remote/roster.ts'
import { serverUrl } from '../remote/servers.ts'
import { confirmed } from './ask.ts'
import { Mistake } from './mistake.ts'
import { openPlaces } from './open-places.ts'
import { refusedInWords } from './refused.ts'
import { say } from './say.ts'
import { requireWay } from './ways.ts'

export async function login(
  address: string,
  flags: { readonly code: string | undefined; readonly name: string | undefined; readonly rung: Rung },
): Promise<void> {
  const places = await openPlaces()
  const url = readAddress(address)
  await requireWay(url)
  const identity = await openIdentity(places.host)
  const at = { endpoint: { url }, identity, hostDir: places.host, ...(flags.name ? { name: flags.name } : {}) }
  try {
    if (await isEnrolled(at)) return say(`${url} knows this machine already.`)
    if (flags.code) {
      const { name } = await enrolWithSetupCode({ ...at, setupCode: flags.code })
      return say(
        `This machine is now “${name}” at ${url}. Start a session: offdesk run <agent> --remote. A device that was paired before is trusted here after “offdesk devices trust <name>”.`,
      )
    }
    await byDevice({ ...at, roster: openRoster(places.host), rung: flags.rung }, url)
  } catch (error) {
    if (error instanceof RemoteError) throw new Mistake(`${url} did not take this machine: ${refusedInWords(error)}`)
    throw error
  }
}

async function byDevice(at: Parameters<typeof requestEnrolment>[0], url: string): Promise<void> {
  const enrolment = await requestEnrolment(at)
  const { pairing } = enrolment
  const [one, two] = [enrolment.code.slice(0, 4), enrolment.code.slice(4)]
  say(
    `On a paired device: Settings, Add a workstation, and type ${one} ${two} (valid for 5 minutes). In any other browser: ${url}/login, and type the same once you are signed in.\nNeither? At the machine of the server there is a setup code: its first start printed one, “offdesk recover” prints another. Then: offdesk login ${url} --code <setup code>`,
  )
  try {
    // Both ends are asked: the device lets this machine in, this terminal decides whether to trust the device (T5).
    const { final, isTrusted } = await enrolment.finish(({ name, matchCode }) =>
      confirmed(`“${name}” shows ${spaced(matchCode)}?`),
    )
    if (final.state !== 'CONFIRMED')
      throw new Mistake(`This machine was not let in: ${final.reason ?? final.state.toLowerCase()}.`)
    if (!isTrusted)
      throw new Mistake(
        `The codes were not the same, so nothing is trusted here. ${url} lists this machine all the same: remove it there on a device that is yours, then start again.`,
      )
    say(`This machine is known to ${url}. Start a session: offdesk run <agent> --remote`)
  } finally {
    await pairing.close()
  }
}

function readAddress(text: string): string {
  try {
    return serverUrl(text.includes('://') ? text : `https://${text}`)
  } catch {
    throw new Mistake(`“${text}” is not an address. Write it like https://offdesk.example.`)
  }
}
