/** The scripted model in the chat-completions form (server-sent events), as opencode speaks it. */
import type { ServerResponse } from 'node:http'
import type { Conversation, Reply } from './script.ts'
import { sse, wordsUntilClosed } from './stream.ts'

type Part = { type?: string; text?: string }
type Message = { role: string; content?: string | Part[] | null }
export type ChatRequest = {
  messages: Message[]
  tools?: { function: { name: string } }[]
  stream?: boolean
  model?: string
}

const textOf = (content: Message['content']): string =>
  typeof content === 'string' ? content : (content ?? []).map((part) => part.text ?? '').join('\n')

export function readChat(request: ChatRequest): Conversation {
  const last = request.messages.findLastIndex((message) => message.role === 'user')
  return {
    lastUserText: textOf(request.messages[last]?.content),
    toolResults: request.messages
      .slice(last + 1)
      .filter((message) => message.role === 'tool')
      .map((message) => textOf(message.content)),
    toolNames: (request.tools ?? []).map((tool) => tool.function.name),
    everything: request.messages.map((message) => textOf(message.content)).join('\n'),
  }
}

export async function writeChat(
  response: ServerResponse,
  request: ChatRequest,
  reply: Reply,
  id: string,
): Promise<void> {
  const chunk = (delta: object, finish: string | null = null) => ({
    id,
    object: 'chat.completion.chunk',
    created: 1,
    model: request.model ?? 'mock-model',
    choices: [{ index: 0, delta, finish_reason: finish }],
  })
  const usage = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 }
  if (request.stream === false) {
    const message = { role: 'assistant', content: reply.is === 'text' ? reply.text : '' }
    response.writeHead(200, { 'content-type': 'application/json' }).end(
      JSON.stringify({
        id,
        object: 'chat.completion',
        choices: [{ index: 0, message, finish_reason: 'stop' }],
        usage,
      }),
    )
    return
  }
  const send = sse(response)
  send(chunk({ role: 'assistant', content: '' }))
  if (reply.is === 'endless')
    return wordsUntilClosed(response, reply.everyMs, () => send(chunk({ content: reply.word })))
  for (const word of reply.text.split(/(?<= )/)) send(chunk({ content: word }))
  if (reply.is === 'tool') {
    send(
      chunk({
        tool_calls: [
          {
            index: 0,
            id: `call_${id}`,
            type: 'function',
            function: { name: reply.name, arguments: JSON.stringify(reply.input) },
          },
        ],
      }),
    )
  }
  send({ ...chunk({}, reply.is === 'tool' ? 'tool_calls' : 'stop'), usage })
  response.end('data: [DONE]\n\n')
}
