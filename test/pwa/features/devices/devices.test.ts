/** Who can be vouched for where, and what a rung reaches. */
import { describe, expect, it } from 'vitest'
import { type Device, endorsable, type Host } from '../../../../pwa/features/devices/devices.ts'
import { reaches, rungs } from '../../../../pwa/features/devices/rung-words.ts'
import { levels, raises } from '../../../../pwa/features/policy/policy.ts'

const device = (change: Partial<Device>): Device => ({
  id: 'dev_1',
  name: 'Pixel 8',
  kind: 'BROWSER',
  rung: 'STEER',
  publicKey: 'key',
  pairedAt: '2026-11-20T14:00:00Z',
  lastSeenAt: null,
  revokedAt: null,
  hostIds: [],
  isThisOne: false,
  pushSubscribed: false,
  ...change,
})
const host = (id: string): Host => ({
  id,
  name: id,
  platform: null,
  enrolledAt: '2026-11-20T14:00:00Z',
  lastSeenAt: null,
  liveUntil: null,
  revokedAt: null,
})
const names = (list: readonly Host[]) => list.map((one) => one.id)

describe('endorsement', () => {
  const self = device({ id: 'dev_me', isThisOne: true, hostIds: ['atlas', 'forge'] })
  const hosts = [host('atlas'), host('forge'), host('stranger')]
  it('[T5] is offered where this device is trusted and the other is not', () => {
    expect(names(endorsable(device({ hostIds: ['atlas'] }), self, hosts))).toEqual(['forge'])
  })
  it('[T5] is not offered for a device without a key, nor by one that nobody trusts', () => {
    expect(endorsable(device({ publicKey: null }), self, hosts)).toEqual([])
    expect(endorsable(device({}), device({ isThisOne: true }), hosts)).toEqual([])
    expect(endorsable(device({}), undefined, hosts)).toEqual([])
  })
})

describe('rungs and levels', () => {
  it('[T4] a rung reaches itself and what is below', () => {
    for (const [held, rung] of rungs.entries())
      for (const [needed, other] of rungs.entries()) expect(reaches(rung, other)).toBe(held >= needed)
  })
  it('[F1] only going up asks first', () => {
    for (const [from, one] of levels.entries())
      for (const [to, other] of levels.entries()) expect(raises(one.level, other.level)).toBe(to > from)
  })
})
