// ACP content blocks as the SDL has them. Pure. Binary data becomes a `data:` URI, which the bridge turns into a body (E6).
import type { ContentBlock } from './event-body.ts'
import { fieldsOf, isObject, jsonText, present, textOf, wordOf } from './json.ts'

/** Any value as a content block; what is no block, or of a newer kind, is kept as its JSON text. */
export function contentBlock(value: unknown): ContentBlock {
  const block = fieldsOf(value)
  const type = wordOf(block.type)
  const mediaType = wordOf(block.mimeType)
  switch (type) {
    case 'text':
      return { type, text: textOf(block.text) ?? '' }
    case 'image':
    case 'audio':
      return { type, ...present({ mediaType, uri: dataUri(block.data, mediaType) ?? textOf(block.uri) }) }
    case 'resource_link':
      return {
        type,
        ...present({
          uri: textOf(block.uri),
          name: textOf(block.name),
          title: textOf(block.title),
          text: textOf(block.description),
          mediaType,
        }),
      }
    case 'resource': {
      const resource = fieldsOf(block.resource)
      const kind = wordOf(resource.mimeType)
      const data = dataUri(resource.blob, kind)
      const uri = textOf(resource.uri)
      return {
        type,
        ...present({
          uri: data ?? uri,
          name: data === null ? null : uri,
          text: textOf(resource.text),
          mediaType: kind,
        }),
      }
    }
    default:
      return { type: type ?? 'unknown', text: isObject(value) ? jsonText(value) : (textOf(value) ?? jsonText(value)) }
  }
}

/** The text of a block that is nothing but text, else null. */
export function plainText(block: ContentBlock): string | null {
  return block.type === 'text' ? (block.text ?? '') : null
}

function dataUri(data: unknown, mediaType: string | null): string | null {
  const base64 = wordOf(data)
  return base64 === null ? null : `data:${mediaType ?? 'application/octet-stream'};base64,${base64}`
}
