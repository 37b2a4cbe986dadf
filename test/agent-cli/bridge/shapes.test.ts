import { expectTypeOf, test } from 'vitest'
import type { EventBody } from '../../../agent-cli/agent/translate/event-body.ts'
import type { EventBodyInput } from '../../../agent-cli/remote/session-operations.ts'

test('[E9] what agent/ writes out as an event body is what the SDL takes', () => {
  expectTypeOf<EventBody>().toExtend<EventBodyInput>()
})
