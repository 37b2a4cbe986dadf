/** [F1] What holds for somebody, as a pure function: who outranks whom, what may only tighten, where a value comes from. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type PolicyDocument, problemsOf, saysOf } from '../../../server/policy/document.ts'
import { boundsOf, effectiveOf, textsOf } from '../../../server/policy/effective.ts'
import { type Level, type LevelName, resolve, valuesOf } from '../../../server/policy/resolve.ts'
import {
  DEVICE_KINDS,
  isSame,
  MODES,
  personal,
  type SettingName,
  type Settings,
  settingNames,
  tighten,
  unconfigured,
} from '../../../server/policy/settings.ts'

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null })
const span = fc.integer({ min: 1, max: 100_000 })
const some = <T>(of: readonly T[]) => fc.subarray([...of])
const settings: { [K in SettingName]: fc.Arbitrary<Settings[K]> } = {
  remoteControl: fc.constantFrom('OFF', 'VIEW', 'VIEW_AND_CONTROL'),
  allowedAgents: maybe(some(['claude', 'demo', 'opencode'])),
  allowedModes: some(MODES),
  allowedDeviceKinds: some(DEVICE_KINDS),
  maxRung: fc.constantFrom('VIEW', 'ANSWER', 'STEER', 'FULL'),
  headlessSessions: fc.boolean(),
  stepUp: fc.record({
    from: fc.constantFrom('VIEW', 'ANSWER', 'STEER', 'FULL'),
    ...{ viewMinutes: span, answerMinutes: span, steerMinutes: span },
  }),
  neverRemote: some([
    { name: 'wipe', patterns: ['rm -rf'] },
    { name: 'force', patterns: ['git push * --force'] },
  ]),
  sessionRetentionMinutes: maybe(span),
  auditRetentionMinutes: maybe(span),
  idleLockMinutes: maybe(span),
  notificationContent: fc.constantFrom('NONE', 'TITLE', 'FULL'),
}
const says = fc.record(settings, { requiredKeys: [] }) as fc.Arbitrary<Partial<Settings>>
const order: LevelName[] = ['enterprise', 'organisation', 'person', 'host', 'session']
const levels = fc
  .record({ enterprise: says, organisation: says, person: says, host: says, session: says }, { requiredKeys: [] })
  .map((given) =>
    order.flatMap((level): Level[] => {
      const said = given[level]
      return said ? [{ level, id: level, name: level, says: said }] : []
    }),
  )

const isWithin = (name: SettingName, value: Settings[SettingName], other: Settings[SettingName]): boolean => {
  const met = (tighten[name] as (one: unknown, other: unknown) => unknown)(value, other)
  // Of a list of classes more is tighter; their order says nothing.
  if (Array.isArray(met)) return isSame([...met].sort(byText), [...(value as unknown[])].sort(byText))
  return isSame(met, value)
}
const byText = (one: unknown, other: unknown) => JSON.stringify(one).localeCompare(JSON.stringify(other))

describe('[F1] resolution', () => {
  test('a person, a host and a session never give more than those above them', () => {
    fc.assert(
      fc.property(levels, (given) => {
        for (let count = 0; count < given.length; count++) {
          const added = given[count]
          if (!added || !['person', 'host', 'session'].includes(added.level)) continue
          const above = valuesOf(resolve(given.slice(0, count)))
          const below = valuesOf(resolve(given.slice(0, count + 1)))
          for (const name of settingNames) expect(isWithin(name, below[name], above[name]), name).toBe(true)
        }
      }),
    )
  })

  test('an organisation never gives more than its enterprise has said, setting by setting', () => {
    fc.assert(
      fc.property(says, says, (enterprise, organisation) => {
        const roof: Level = { level: 'enterprise', id: 'e', name: 'E', says: enterprise }
        const own: Level = { level: 'organisation', id: 'o', name: 'O', says: organisation }
        const got = valuesOf(resolve([roof, own]))
        for (const name of settingNames) {
          const said = enterprise[name]
          if (said !== undefined) expect(isWithin(name, got[name], said), name).toBe(true)
        }
      }),
    )
  })

  test("an enterprise's level is what its organisations get, up and down; below them it is tightened", () => {
    fc.assert(
      fc.property(settings.remoteControl, says, settings.remoteControl, (enforced, organisation, own) => {
        const given: Level[] = [
          { level: 'enterprise', id: 'e', name: 'E', says: { remoteControl: enforced } },
          { level: 'organisation', id: 'o', name: 'O', says: organisation },
        ]
        expect(resolve(given).remoteControl).toEqual({
          value: enforced,
          from: { level: 'enterprise', id: 'e', name: 'E' },
        })
        const tightened = resolve([...given, { level: 'person', id: 'p', name: 'P', says: { remoteControl: own } }])
        expect(tightened.remoteControl.value).toBe(tighten.remoteControl(enforced, own))
      }),
    )
  })

  test('the level that is named did say it, or it is what an organisation begins with and its admins’ to change [T7]', () => {
    fc.assert(
      fc.property(levels, (given) => {
        const got = resolve(given)
        for (const name of settingNames) {
          const { value, from } = got[name]
          if (from.level === 'default') {
            const isGoverned = given.some(({ level }) => level === 'enterprise' || level === 'organisation')
            expect(value).toEqual((isGoverned ? unconfigured : personal)[name])
            continue
          }
          const named = given.find(({ level }) => level === from.level)
          const begins = isSame(value, unconfigured[name]) && !isSame(value, personal[name])
          if (!begins) expect(named?.says[name], name).toBeDefined()
          const above = given.slice(0, given.findIndex(({ level }) => level === from.level) + 1)
          if (named?.says[name] !== undefined) expect(resolve(above)[name].value).toEqual(value)
        }
      }),
    )
  })

  test('what is kept beside the switch is read back as it was', () => {
    fc.assert(
      fc.property(levels, (given) => {
        const got = resolve(given)
        const texts = textsOf(got)
        expect(effectiveOf({ ownerId: 'o', settings: texts.settings, ownControl: 'VIEW' })).toEqual(got)
        expect(boundsOf(texts.bounds)?.maxRung).toEqual(got.maxRung)
        expect(boundsOf(texts.bounds)).toBe(boundsOf(textsOf(got).bounds))
      }),
    )
  })

  test('nobody above: view and control, from nobody; an organisation that has said nothing: off', () => {
    expect(valuesOf(resolve([]))).toEqual(personal)
    expect(resolve([]).remoteControl.from.level).toBe('default')
    const silent = resolve([{ level: 'organisation', id: 'o', name: 'O', says: {} }])
    expect(valuesOf(silent)).toMatchObject({ remoteControl: 'OFF', headlessSessions: false, maxRung: 'FULL' })
  })
})

describe('[F1] a document', () => {
  const says = (remoteControl: string, rest: object = {}) => ({ remoteControl, ...rest })
  test.each([
    ['enterprise', 'LET_ORGANIZATIONS_DECIDE', undefined],
    ['enterprise', 'DISABLED', 'OFF'],
    ['enterprise', 'VIEW_AND_CONTROL', 'VIEW_AND_CONTROL'],
    ['organisation', 'UNCONFIGURED', 'OFF'],
    ['organisation', 'DISABLED', 'OFF'],
    ['organisation', 'VIEW', 'VIEW'],
  ] as const)('of an %s with %s says %s', (kind, level, expected) => {
    expect(problemsOf(kind, says(level))).toEqual([])
    expect(saysOf(says(level) as PolicyDocument).remoteControl).toBe(expected)
  })

  test.each([
    ['enterprise', says('UNCONFIGURED')],
    ['organisation', says('LET_ORGANIZATIONS_DECIDE')],
    ['organisation', says('SOMETIMES')],
    ['organisation', says('VIEW', { sessionRetentionMinutes: 0 })],
    ['organisation', says('VIEW', { neverRemote: [{ name: 'x', patterns: [] }] })],
    ['organisation', says('VIEW', { neverRemote: [{ name: 'x', patterns: ['rm -rf'], matches: ['rm file'] }] })],
    ['organisation', says('VIEW', { neverRemote: [{ name: 'x', patterns: ['rm *'], passes: ['rm file'] }] })],
    ['organisation', says('VIEW', { allowedAgents: ['a\0b'] })],
  ] as const)('of an %s with %j is refused in words', (kind, given) => {
    expect(problemsOf(kind, given)).toEqual([expect.any(String)])
  })
})
