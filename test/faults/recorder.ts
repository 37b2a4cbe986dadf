/** Keeps whole HTTP requests as they passed, so that a network can send them again. Knows HTTP/1.1 with a length, no GraphQL. */

export type Recorder = {
  /** For one connection: give it every chunk of the dialling end. */
  listen(): (chunk: Buffer) => void
  /** The newest requests but the `skip` newest, in their order. */
  last(count: number, skip: number): Buffer[]
}

const KEPT = 300
const MAX_REQUEST_BYTES = 256 * 1024

export function createRecorder(): Recorder {
  const requests: Buffer[] = []
  return {
    listen() {
      let parts: Buffer[] = []
      let isHttp = true
      return (chunk) => {
        if (!isHttp) return
        parts.push(chunk)
        let all = parts.length === 1 ? chunk : Buffer.concat(parts)
        for (;;) {
          const head = all.indexOf('\r\n\r\n')
          if (head < 0) break
          const text = all.toString('latin1', 0, head).toLowerCase()
          // A socket that speaks something else from here on.
          if (text.includes('\r\nupgrade:')) {
            isHttp = false
            parts = []
            return
          }
          const length = head + 4 + Number(/\r\ncontent-length: *(\d+)/.exec(text)?.[1] ?? 0)
          if (all.length < length) break
          // Its own memory: a slice would keep the whole chunk alive.
          if (text.startsWith('post ') && length <= MAX_REQUEST_BYTES)
            requests.push(Buffer.from(all.subarray(0, length)))
          if (requests.length > KEPT) requests.shift()
          all = all.subarray(length)
        }
        parts = all.length === 0 ? [] : [all]
      }
    },
    last: (count, skip) => requests.slice(Math.max(0, requests.length - skip - count), requests.length - skip),
  }
}
