// What the demo remembers of one session from turn to turn.

import type { Discount } from './discount.ts'
import type { DemoMode } from './modes.ts'
import { createPace, type Pace } from './pace.ts'
import { createScratch, type Scratch } from './scratch.ts'

export interface Sitting {
  readonly id: string
  readonly scratch: Scratch
  readonly pace: Pace
  /** True if the client shows forms. */
  readonly canAsk: boolean
  mode: DemoMode
  paceName: string
  tokens: number
  /** What the person allowed for good: `edit`, or `run:<command>`. */
  readonly always: Set<string>
  discount: Discount | null
  /** True once the main scene has been played. */
  greeted: boolean
}

export function createSitting(id: string, cwd: string, canAsk: boolean): Sitting {
  return {
    id,
    scratch: createScratch(cwd),
    pace: createPace(process.env.OFFDESK_DEMO_PACE),
    canAsk,
    mode: 'default',
    paceName: 'normal',
    tokens: 0,
    always: new Set(),
    discount: null,
    greeted: false,
  }
}
