// Stores what is too large for an event as bodies, and leaves a preview and a reference (E6). Knows which fields may be stored apart.
import type { BodyRef, ContentBlock, EventBody, ToolCall, ToolContent } from '../agent/translate/event-body.ts'
import type { Bodies } from '../journal/bodies.ts'
import { limits } from './limits.ts'

/** The body as it goes into the journal. Rejects with JournalError when a content cannot be stored. */
export async function withBodies(body: EventBody, bodies: Pick<Bodies, 'put'>): Promise<EventBody> {
  const first = await storedAbove(body, bodies, limits.inlineBytes)
  // Many texts below the limit can still be too much together.
  return Buffer.byteLength(JSON.stringify(first)) > limits.eventBytes
    ? storedAbove(first, bodies, limits.previewBytes)
    : first
}

async function storedAbove(body: EventBody, bodies: Pick<Bodies, 'put'>, aboveBytes: number): Promise<EventBody> {
  const store = { bodies, aboveBytes }
  if ('agentText' in body) return { agentText: { ...body.agentText, ...(await text(store, body.agentText)) } }
  if ('agentThought' in body)
    return { agentThought: { ...body.agentThought, ...(await text(store, body.agentThought)) } }
  if ('userText' in body) return { userText: { ...body.userText, ...(await text(store, body.userText)) } }
  if ('contentShown' in body)
    return { contentShown: { ...body.contentShown, block: await block(store, body.contentShown.block) } }
  if ('toolCallChanged' in body) return { toolCallChanged: await toolCall(store, body.toolCallChanged) }
  if ('other' in body) {
    const { short, ref } = await one(store, body.other.json, 'application/json')
    return { other: { ...body.other, json: short ?? '', ...(ref && { jsonBody: ref }) } }
  }
  return body
}

type Store = { bodies: Pick<Bodies, 'put'>; aboveBytes: number }

async function toolCall(store: Store, call: ToolCall): Promise<ToolCall> {
  const input = await one(store, call.rawInput, 'application/json')
  const output = await one(store, call.rawOutput, 'text/plain')
  const content: ToolContent[] = []
  for (const item of call.content ?? []) content.push(await toolContent(store, item))
  return {
    ...call,
    ...(call.content && { content }),
    ...(input.ref && { rawInput: input.short, rawInputBody: input.ref }),
    ...(output.ref && { rawOutput: output.short, rawOutputBody: output.ref }),
  }
}

async function toolContent(store: Store, content: ToolContent): Promise<ToolContent> {
  const before = await one(store, content.oldText, 'text/plain')
  const after = await one(store, content.newText, 'text/plain')
  // Content of a kind nobody knows has no place for a reference: it is shown as content of its own.
  if (content.json && Buffer.byteLength(content.json) > store.aboveBytes) {
    return { type: content.type, block: await block(store, { type: 'text', text: content.json }) }
  }
  return {
    ...content,
    ...(content.block && { block: await block(store, content.block) }),
    ...(before.ref && { oldText: before.short, oldTextBody: before.ref }),
    ...(after.ref && { newText: after.short, newTextBody: after.ref }),
  }
}

const dataUri = /^data:([^;,]*);base64,([A-Za-z0-9+/=\s]*)$/

async function block(store: Store, given: ContentBlock): Promise<ContentBlock> {
  const { uri, ...rest } = given
  const [, mediaType, base64] = (uri?.startsWith('data:') && dataUri.exec(uri)) || []
  const kept = { ...given, ...(await text(store, given)) }
  if (mediaType === undefined || base64 === undefined) return kept
  const ref = await put(store, Buffer.from(base64, 'base64'), mediaType || 'application/octet-stream')
  return { ...rest, ...(await text(store, rest)), body: ref }
}

async function text(store: Store, from: { text?: string | null }) {
  const { short, ref } = await one(store, from.text, 'text/plain')
  return ref ? { text: short ?? '', textBody: ref } : {}
}

async function one(store: Store, value: string | null | undefined, mediaType: string) {
  if (value === null || value === undefined || Buffer.byteLength(value) <= store.aboveBytes)
    return { short: value, ref: null }
  return { short: preview(value), ref: await put(store, Buffer.from(value), mediaType) }
}

async function put(store: Store, bytes: Buffer, mediaType: string): Promise<BodyRef> {
  const { sha256, bytes: size } = await store.bodies.put(bytes)
  return { digest: sha256, mediaType, size }
}

/** The first bytes of a text, whole characters only. */
export function preview(value: string, maxBytes: number = limits.previewBytes): string {
  const bytes = Buffer.from(value)
  let end = Math.min(maxBytes, bytes.byteLength)
  while (end > 0 && end < bytes.byteLength && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return bytes.toString('utf8', 0, end)
}
