/** Forms that several kinds of event share. Parsed alike on the way in and on the way out of the store (E9). */
import { z } from 'zod'

/** Null in an optional field means the same as its absence: GraphQL clients send either. */
export const maybe = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? null)

export const id = z.string().min(1).max(256)
export const short = z.string().max(1024)
export const text = z.string()
export const int = z.number().int()
/** A Date on the way in, the text that JSON made of it on the way out. */
export const instant = z.union([z.date(), z.iso.datetime().transform((value) => new Date(value))])

export const bodyRef = z.object({ digest: z.string().regex(/^[0-9a-f]{64}$/), mediaType: short, size: int.min(0) })
export type BodyRef = z.infer<typeof bodyRef>

export const attachment = bodyRef.extend({ name: short })
export type Attachment = z.infer<typeof attachment>

export const surface = z.enum(['AGENT', 'DEVICE', 'HOST', 'TERMINAL'])
export const origin = z.object({
  surface,
  commandId: maybe(id),
  deviceId: maybe(id),
  deviceName: maybe(short),
})
export type Origin = z.infer<typeof origin>

export const canonicalMode = z.enum(['AUTOPILOT', 'INTERACTIVE', 'PLAN'])
export type CanonicalMode = z.infer<typeof canonicalMode>

export const mode = z.object({
  id,
  name: short,
  description: maybe(text),
  canonical: maybe(canonicalMode),
})
export type Mode = z.infer<typeof mode>

export const delivery = z.enum(['AFTER_TURN', 'NOW'])
export type Delivery = z.infer<typeof delivery>

export const rung = z.enum(['VIEW', 'ANSWER', 'STEER', 'FULL'])

export const contentBlock = z.object({
  type: short,
  text: maybe(text),
  textBody: maybe(bodyRef),
  mediaType: maybe(short),
  name: maybe(text),
  title: maybe(text),
  uri: maybe(text),
  body: maybe(bodyRef),
})
export type ContentBlock = z.infer<typeof contentBlock>
