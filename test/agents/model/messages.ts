/** The scripted model in the Messages form (server-sent events), as Claude Code speaks it. */
import type { ServerResponse } from 'node:http'
import type { Conversation, Reply } from './script.ts'
import { sse, wordsUntilClosed } from './stream.ts'

type Block = { type: string; text?: string; content?: string | Block[] }
type Message = { role: string; content: string | Block[] }
export type MessagesRequest = {
  messages: Message[]
  system?: string | Block[]
  tools?: { name: string }[]
  model?: string
  stream?: boolean
}

const blocks = (content: Message['content']): Block[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : content
const textOf = (content: Block['content']): string =>
  typeof content === 'string' ? content : (content ?? []).map((block) => block.text ?? '').join('\n')
const isReminder = (text: string) => text.trimStart().startsWith('<system-reminder>')

export function readMessages(request: MessagesRequest): Conversation {
  const users = request.messages.filter((message) => message.role === 'user').map((message) => blocks(message.content))
  const spoken = users.findLastIndex((content) =>
    content.some((block) => block.type === 'text' && !isReminder(block.text ?? '')),
  )
  const said = (users[spoken] ?? []).filter((block) => block.type === 'text' && !isReminder(block.text ?? ''))
  const after = users.slice(spoken).flat()
  return {
    lastUserText: said.map((block) => block.text ?? '').join('\n'),
    toolResults: after.filter((block) => block.type === 'tool_result').map((block) => textOf(block.content)),
    toolNames: (request.tools ?? []).map((tool) => tool.name),
    everything: [
      textOf(request.system as Block['content']),
      ...users.flat().map((block) => block.text ?? textOf(block.content)),
    ].join('\n'),
  }
}

export async function writeMessages(
  response: ServerResponse,
  request: MessagesRequest,
  reply: Reply,
  id: string,
): Promise<void> {
  const base = {
    id: `msg_${id}`,
    type: 'message',
    role: 'assistant',
    model: request.model ?? 'mock-model',
    stop_sequence: null,
  }
  const usage = { input_tokens: 100, output_tokens: 20 }
  if (!request.stream) {
    const content = [{ type: 'text', text: reply.is === 'text' ? reply.text : '' }]
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ ...base, content, stop_reason: 'end_turn', usage }))
    return
  }
  const raw = sse(response)
  const send = (type: string, fields: object) => raw({ type, ...fields }, type)
  send('message_start', { message: { ...base, content: [], stop_reason: null, usage } })
  send('content_block_start', { index: 0, content_block: { type: 'text', text: '' } })
  const say = (text: string) => send('content_block_delta', { index: 0, delta: { type: 'text_delta', text } })
  if (reply.is === 'endless') return wordsUntilClosed(response, reply.everyMs, () => say(reply.word))
  for (const word of reply.text.split(/(?<= )/)) say(word)
  send('content_block_stop', { index: 0 })
  if (reply.is === 'tool') {
    send('content_block_start', {
      index: 1,
      content_block: { type: 'tool_use', id: `toolu_${id}`, name: reply.name, input: {} },
    })
    send('content_block_delta', {
      index: 1,
      delta: { type: 'input_json_delta', partial_json: JSON.stringify(reply.input) },
    })
    send('content_block_stop', { index: 1 })
  }
  send('message_delta', {
    delta: { stop_reason: reply.is === 'tool' ? 'tool_use' : 'end_turn', stop_sequence: null },
    usage,
  })
  send('message_stop', {})
  response.end()
}
