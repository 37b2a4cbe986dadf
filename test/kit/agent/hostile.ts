// Lines no honest agent sends, as raw text: a bridge has to survive each and lose nothing else.

function update(sessionId: string, body: string): string {
  return `{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":${JSON.stringify(sessionId)},"update":${body}}}`
}

export const hostile = {
  /** Not JSON. */
  garbage: 'Debugger listening on ws://127.0.0.1 \u001b[31mnot json\u001b[0m {"half":',
  /** Bytes that are no UTF-8, inside a JSON string. */
  invalidUtf8: (sessionId: string): Buffer => {
    const [before = '', after = ''] = update(sessionId, textChunk('@')).split('@')
    return Buffer.concat([Buffer.from(before), Buffer.from([0xc3, 0x28, 0xff]), Buffer.from(after)])
  },
  /** A kind of update nobody has heard of. */
  unknownUpdate: (sessionId: string): string =>
    update(sessionId, '{"sessionUpdate":"dream_chunk","content":{"type":"hologram","data":[1,2,3]}}'),
  /** A text chunk of that many bytes. */
  hugeUpdate: (sessionId: string, bytes = 10_000_000): string => update(sessionId, textChunk('x'.repeat(bytes))),
  nulUpdate: (sessionId: string): string => update(sessionId, textChunk('before\\u0000after')),
  loneSurrogateUpdate: (sessionId: string): string => update(sessionId, textChunk('before\\ud800after')),
  /** A tool call whose input is an array in an array in an array. */
  deepUpdate: (sessionId: string, depth = 100_000): string =>
    update(
      sessionId,
      `{"sessionUpdate":"tool_call","toolCallId":"deep","title":"Deep","rawInput":${'['.repeat(depth)}${']'.repeat(depth)}}`,
    ),
  /** A permission request with an option kind outside the protocol. */
  oddOptionKind: (sessionId: string, id: number | string): string =>
    `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"method":"session/request_permission","params":{"sessionId":${JSON.stringify(sessionId)},` +
    `"toolCall":{"toolCallId":"odd","title":"Odd"},"options":[{"optionId":"maybe","name":"Maybe","kind":"allow_twice"},{"optionId":"no","name":"No","kind":"reject_once"}]}}`,
} as const

/** `inJson` is put between the quotes as it stands: its escapes are part of the line. */
function textChunk(inJson: string): string {
  return `{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"${inJson}"}}`
}
