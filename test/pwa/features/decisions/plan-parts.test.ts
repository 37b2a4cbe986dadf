/** A plan in parts that can be commented: every word of it is in some part. */
import { describe, expect, it } from 'vitest'
import { approvals, firstApproval } from '../../../../pwa/features/decisions/plan-approvals.ts'
import { planParts, planSummary } from '../../../../pwa/features/decisions/plan-parts.ts'
import { options } from './samples.ts'

const plan =
  '# Retry\n\nSix tries.\n\n3. **Add `attempts`**\n   One row per try.\n4. Schedule\n\n- [ ] loose\n\n```sh\nnpm test\n```\n'

describe('the parts of a plan', () => {
  it('are its blocks, and each step of its lists with the number the plan gave it', () => {
    const parts = planParts(plan)
    expect(parts.map((part) => [part.kind, part.name])).toEqual([
      ['text', 'Retry'],
      ['text', 'Six tries.'],
      ['step', '3. Add attempts'],
      ['step', '4. Schedule'],
      ['step', 'loose'],
      ['text', 'sh'],
    ])
    expect(new Set(parts.map((part) => part.id)).size).toBe(parts.length)
    for (const word of ['Six tries', 'One row per try', 'Schedule', 'loose', 'npm test'])
      expect(parts.some((part) => part.text.includes(word))).toBe(true)
  })

  it('an empty plan is one part', () => {
    expect(planParts('')).toHaveLength(1)
    expect(planSummary(plan)).toBe('3 steps')
    expect(planSummary(null)).toMatch(/no text/)
  })
})

describe('ways to approve', () => {
  const [once] = options
  const option = (id: string, thenMode: 'INTERACTIVE' | 'AUTOPILOT' | null) => (once ? [{ ...once, id, thenMode }] : [])
  it('one per mode is a segment that starts at interactive', () => {
    const given = [...option('auto', 'AUTOPILOT'), ...option('ask', 'INTERACTIVE'), ...options.slice(2)]
    expect(approvals(given).byMode).toBe(true)
    expect(firstApproval(approvals(given).options)?.id).toBe('ask')
  })
  it('[D6] two of one mode, or one without, are shown in the agent’s own words', () => {
    expect(approvals([...option('a', 'INTERACTIVE'), ...option('b', 'INTERACTIVE')]).byMode).toBe(false)
    expect(approvals([...option('a', 'INTERACTIVE'), ...option('b', null)]).byMode).toBe(false)
  })
})
