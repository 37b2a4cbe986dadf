// Every setting of a policy in words: what it is called, what a value means. One table for admins, for the governed, and for trials. Pure.
import { minutesWords } from '../lock/lock-words.ts'

export const settingNames = [
  'remoteControl',
  'maxRung',
  'allowedModes',
  'stepUp',
  'neverRemote',
  'allowedAgents',
  'allowedDeviceKinds',
  'headlessSessions',
  'notificationContent',
  'idleLockMinutes',
  'sessionRetentionMinutes',
  'auditRetentionMinutes',
] as const
export type SettingName = (typeof settingNames)[number]

const titles: Record<SettingName, string> = {
  remoteControl: 'Remote control',
  maxRung: 'Most a device may do',
  allowedModes: 'Modes',
  stepUp: 'Ask for a passkey',
  neverRemote: 'Never remotely',
  allowedAgents: 'Agents',
  allowedDeviceKinds: 'Kinds of devices',
  headlessSessions: 'Sessions with nobody at the desk',
  notificationContent: 'Notifications say',
  idleLockMinutes: 'Lock the app after',
  sessionRetentionMinutes: 'Keep transcripts',
  auditRetentionMinutes: 'Keep the audit',
}
const isKnown = (name: string): name is SettingName => name in titles

/** A setting of a newer server is called what the server calls it. */
export const settingTitle = (name: string): string => (isKnown(name) ? titles[name] : name)

/** The server's remedy names a setting by its field; people know it by its title. */
export const namedByTitle = (remedy: string): string =>
  remedy.replace(/\bsets (\w+)\b/, (said, name: string) => (isKnown(name) ? `sets “${titles[name]}”` : said))
/** Whose word a setting is, and what would lift it. */
export function whoseWords({ owner, remedy }: { owner: string; remedy: string | null }): string {
  if (remedy === null) return `Set by ${owner}.`
  // Which setting it is, and whose, stands there already.
  if (remedy.startsWith(`Ask ${owner}:`)) return `Set by ${owner}. Only they can change it.`
  return `Set by ${owner}. ${namedByTitle(remedy)}`
}

const control: Record<string, string> = {
  OFF: 'Off',
  DISABLED: 'Off',
  UNCONFIGURED: 'Off, nothing said yet',
  VIEW: 'View only',
  VIEW_AND_CONTROL: 'View and control',
  LET_ORGANIZATIONS_DECIDE: 'Up to the organisations',
}
const rung: Record<string, string> = { VIEW: 'View', ANSWER: 'Answer', STEER: 'Steer', FULL: 'Everything' }
const from: Record<string, string> = {
  VIEW: 'For everything',
  ANSWER: 'Answers and above',
  STEER: 'Prompts and above',
  FULL: 'Always-allow and autopilot',
}
const mode: Record<string, string> = { PLAN: 'Plan', INTERACTIVE: 'Interactive', AUTOPILOT: 'Autopilot' }
const kind: Record<string, string> = { BROWSER: 'Phones and browsers', SCRIPT: 'Scripts' }
const content: Record<string, string> = { NONE: 'Only that something waits', TITLE: 'The title', FULL: 'What is asked' }

const list = (value: unknown, words: Record<string, string>): string => {
  const texts = Array.isArray(value) ? value.map((one) => words[String(one)] ?? String(one)) : []
  return texts.length === 0 ? 'None' : texts.join(', ')
}
const count = (value: unknown, one: string, many: string) => {
  const length = Array.isArray(value) ? value.length : 0
  return length === 1 ? `1 ${one}` : `${length} ${many}`
}

/** A value in words. Null is what is left to others, or what nobody limits. */
export function valueWords(name: string, value: unknown): string {
  switch (name) {
    case 'remoteControl':
      return control[String(value)] ?? String(value)
    case 'maxRung':
      return rung[String(value)] ?? String(value)
    case 'allowedModes':
      return Array.isArray(value) && value.length === 3 ? 'All' : list(value, mode)
    case 'allowedDeviceKinds':
      return Array.isArray(value) && value.length === 2 ? 'All' : list(value, kind)
    case 'allowedAgents':
      return value === null ? 'Any' : list(value, {})
    case 'headlessSessions':
      return value === true ? 'Allowed' : 'Not allowed'
    case 'notificationContent':
      return content[String(value)] ?? String(value)
    case 'neverRemote':
      return Array.isArray(value) && value.length === 0 ? 'Nothing' : count(value, 'command class', 'command classes')
    case 'stepUp': {
      const since = typeof value === 'object' && value !== null && 'from' in value ? String(value.from) : ''
      return from[since] ?? 'Not said'
    }
    case 'idleLockMinutes':
      return typeof value === 'number' ? minutesWords(value) : 'Never'
    case 'sessionRetentionMinutes':
    case 'auditRetentionMinutes':
      return typeof value === 'number' ? minutesWords(value) : 'For ever'
    default:
      return typeof value === 'string' ? value : JSON.stringify(value)
  }
}

/** The server gives values as text: a word as it is, everything else as JSON. */
export function valueTextWords(name: string, text: string): string {
  try {
    return valueWords(name, JSON.parse(text))
  } catch {
    return valueWords(name, text)
  }
}

/** What is said where no level has said anything. */
export const nobodySaid = 'Offdesk’s default'
