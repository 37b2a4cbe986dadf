/** A model server on loopback that answers by script, in the two forms the tested agents speak. */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type ChatRequest, readChat, writeChat } from './chat-completions.ts'
import { type MessagesRequest, readMessages, writeMessages } from './messages.ts'
import { reply } from './script.ts'

export type ModelServer = {
  readonly url: string
  readonly requests: readonly { path: string; lastUserText: string }[]
  close(): Promise<void>
}

export async function startModelServer(): Promise<ModelServer> {
  const requests: { path: string; lastUserText: string }[] = []
  const server = createServer(async (request, response) => {
    try {
      const path = new URL(request.url ?? '/', 'http://model').pathname
      const body = await readJson(request)
      const id = String(requests.length + 1)
      if (path.endsWith('/chat/completions')) {
        const talk = readChat(body as ChatRequest)
        requests.push({ path, lastUserText: talk.lastUserText })
        return await writeChat(response, body as ChatRequest, reply(talk), id)
      }
      if (path.endsWith('/messages')) {
        const talk = readMessages(body as MessagesRequest)
        requests.push({ path, lastUserText: talk.lastUserText })
        return await writeMessages(response, body as MessagesRequest, reply(talk), id)
      }
      if (path.endsWith('/count_tokens'))
        return void response.writeHead(200, { 'content-type': 'application/json' }).end('{"input_tokens":100}')
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    } catch (error) {
      response.headersSent ? response.destroy() : response.writeHead(500).end(String(error))
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString('utf8')
  return text ? JSON.parse(text) : {}
}
