// One event of this session as its view takes it in: what, when, in which attachment.
import type { EventBody } from '../agent/translate/event-body.ts'

export type Happened = { readonly body: EventBody; readonly at: string; readonly epoch: number }
