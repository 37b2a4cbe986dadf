/** What holds for somebody, and from which level it comes (F1, F3). Pure: levels in, settings out; knows no table and no clock. */
import { isSame, personal, type SettingName, type Settings, settingNames, tighten, unconfigured } from './settings.ts'

/** Outermost first. `default` is nobody's rule. */
export type LevelName = 'enterprise' | 'organisation' | 'person' | 'host' | 'session'

/** One who may say something. What is left out it leaves to the others. */
export type Level = { level: LevelName; id: string; name: string; says: Partial<Settings> }

/** Where a value comes from: the level that last made it what it is. */
export type From = { level: LevelName | 'default'; id: string | null; name: string | null }
export type Effective = { [K in SettingName]: { value: Settings[K]; from: From } }

const nobody: From = { level: 'default', id: null, name: null }

/**
 * The outermost level that speaks sets a value, up or down; each further one may only tighten it. Remote control is the one exception: an
 * enterprise's word on it is what its organisations get, whatever they say; below them it is tightened like the rest.
 */
export function resolve(levels: readonly Level[]): Effective {
  const isGoverned = levels.some(({ level }) => level === 'enterprise' || level === 'organisation')
  const start = isGoverned ? unconfigured : personal
  const entries = settingNames.map((name) => [name, resolveOne(name, start, levels)] as const)
  return Object.fromEntries(entries) as Effective
}

function resolveOne<K extends SettingName>(name: K, start: Settings, levels: readonly Level[]) {
  let value: Settings[K] = start[name]
  // What an organisation begins with is its admins' to change, also before they have said anything.
  const governing = isSame(start[name], personal[name]) ? undefined : levels.findLast(governs)
  let from: From = governing ? { level: governing.level, id: governing.id, name: governing.name } : nobody
  let isSet = false
  for (const one of levels) {
    const said = one.says[name]
    const isOverruled = name === 'remoteControl' && one.level === 'organisation' && from.level === 'enterprise'
    if (said === undefined || isOverruled) continue
    // A person, a host and a session never give more than there is, also where nobody above has spoken.
    const next = isSet || !governs(one) ? tighten[name](value, said) : (said as Settings[K])
    const isFirstWord = governs(one) && !isSet
    isSet ||= governs(one)
    if (!isFirstWord && isSame(next, value)) continue
    value = next
    from = { level: one.level, id: one.id, name: one.name }
  }
  return { value, from }
}

const governs = ({ level }: Level): boolean => level === 'enterprise' || level === 'organisation'

/** The values without where they come from. */
export const valuesOf = (effective: Effective): Settings =>
  Object.fromEntries(settingNames.map((name) => [name, effective[name].value])) as Settings
