// Which servers this machine may speak to, whether it may be one, and with which version of this program: its administrator's word on each. Pure.
import type { Machine } from './machine.ts'

/** In words, with whose rule it is and what would lift it (T7); null when it may be. */
export type Way = {
  readonly rule: string
  readonly message: string
  readonly owner: string
  readonly remedy: string
} | null

const no = (machine: Machine, rule: string, message: string): Way => ({
  ...{ rule, message, owner: 'whoever administers this machine' },
  remedy: `${machine.file ?? 'The machine’s own settings'} says so: ask whoever administers this machine.`,
})

/** Before anything is sent to that server. */
export function wayTo(machine: Machine, server: string, version: string): Way {
  const { allowedServers, minimumVersion, personalServers } = machine.managed
  if (machine.problem !== null) return no(machine, 'managed machine', machine.problem)
  const url = new URL(server)
  if (allowedServers !== null && !allowedServers.includes(url.origin)) {
    const which = allowedServers.join(', ') || 'none'
    return no(machine, 'allowedServers', `This machine may not use the server ${url.origin}. Allowed: ${which}.`)
  }
  if (!personalServers && isHere(url) && !allowedServers?.includes(url.origin))
    return no(machine, 'personalServers false', 'A server on this machine may not be used here.')
  if (minimumVersion !== null && isOlder(version, minimumVersion)) {
    const way = no(
      machine,
      `minimumVersion ${minimumVersion}`,
      `This is Offdesk ${version}; here it must be ${minimumVersion} or later.`,
    )
    return way && { ...way, remedy: `Update Offdesk. ${way.remedy}` }
  }
  return null
}

export function wayToServe(machine: Machine): Way {
  if (machine.problem !== null) return no(machine, 'managed machine', machine.problem)
  return machine.managed.personalServers
    ? null
    : no(machine, 'personalServers false', 'No server may be started on this machine.')
}

export function wayToReach(machine: Machine): Way {
  if (machine.problem !== null) return no(machine, 'managed machine', machine.problem)
  return machine.managed.tunnels
    ? null
    : no(machine, 'tunnels false', 'No way from outside to this machine may be opened.')
}

const isHere = ({ hostname }: URL) => hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname)

/** Of versions `a.b.c`; what follows a hyphen comes before it. */
function isOlder(version: string, minimum: string): boolean {
  const [plain = '', early] = version.split('-', 2)
  const parts = plain.split('.').map(Number)
  for (const [index, least] of minimum.split('.').map(Number).entries()) {
    const part = parts[index] ?? 0
    if (part !== least) return !(part > least)
  }
  return early !== undefined
}

export const inWords = ({ message, remedy }: { message: string; remedy: string }): string => `${message} ${remedy}`
