/** [F1] Words of several are one: the tightest holds, in whatever order they come, and each value says whose word made it so. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DEVICE_KINDS, MODES, RUNGS, type Source, standing, type Word } from '../../../agent-cli/rules/rules.ts'

const source = (level: string): Source => ({ level, owner: level, remedy: `ask ${level}` })
const says = fc.record(
  {
    remoteControl: fc.constantFrom('OFF', 'VIEW', 'VIEW_AND_CONTROL'),
    maxRung: fc.constantFrom(...RUNGS),
    allowedModes: fc.subarray([...MODES]),
    allowedDeviceKinds: fc.subarray([...DEVICE_KINDS]),
    allowedAgents: fc.option(fc.subarray(['claude', 'demo', 'codex'])),
    headlessSessions: fc.boolean(),
    neverRemote: fc.uniqueArray(fc.record({ name: fc.constantFrom('a', 'b'), patterns: fc.constant(['rm *']) }), {
      selector: ({ name }) => name,
    }),
  },
  { requiredKeys: [] },
)
const words = fc.array(
  says.map((one): Word => ({ says: one as Word['says'], source: source('machine') })),
  { maxLength: 4 },
)
const sorted = (value: unknown) => (Array.isArray(value) ? [...value].map((one) => JSON.stringify(one)).sort() : value)
const values = (of: ReturnType<typeof standing>) =>
  Object.fromEntries(Object.entries(of).map(([name, { value }]) => [name, sorted(value)]))

test('[F1] one word more never gives anything back, and the order of words is all one', () => {
  fc.assert(
    fc.property(words, words, (some, more) => {
      const before = standing(some)
      const after = standing([...some, ...more])
      expect(RUNGS.indexOf(after.maxRung.value)).toBeLessThanOrEqual(RUNGS.indexOf(before.maxRung.value))
      expect(before.allowedModes.value).toEqual(expect.arrayContaining([...after.allowedModes.value]))
      expect(before.allowedDeviceKinds.value).toEqual(expect.arrayContaining([...after.allowedDeviceKinds.value]))
      expect(after.neverRemote.value).toEqual(expect.arrayContaining([...before.neverRemote.value]))
      if (!before.headlessSessions.value) expect(after.headlessSessions.value).toBe(false)
      if (before.allowedAgents.value !== null)
        expect(before.allowedAgents.value).toEqual(
          expect.arrayContaining([...(after.allowedAgents.value ?? ['nobody'])]),
        )
      expect(values(standing([...more, ...some]))).toEqual(values(after))
    }),
    { size: 'max' } as object,
  )
})

test('[T7] a value says whose word made it so; where nobody has taken anything away it is nobody’s', () => {
  const of = standing([
    { says: { maxRung: 'STEER' }, source: source('organisation') },
    { says: { maxRung: 'ANSWER', headlessSessions: true }, source: source('machine') },
    { says: { maxRung: 'FULL' }, source: source('repository') },
  ])
  expect(of.maxRung).toEqual({ value: 'ANSWER', source: source('machine'), because: null })
  expect(of.headlessSessions.source).toBeNull()
})
