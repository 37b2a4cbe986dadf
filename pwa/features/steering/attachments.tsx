// The files that go with the next prompt: each on its way, there, or not accepted and why.
import { useEffect, useRef, useState } from 'react'
import type { Connection } from '../../graphql/connection.ts'
import { IconButton } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { type AttachLimits, type Attachment, attach } from './attach.ts'

export type Attaching = { id: number; name: string; size: number; mediaType: string } & (
  | { state: 'sending'; sentBytes: number }
  | { state: 'there'; attachment: Attachment }
  | { state: 'failed'; message: string }
)

export type Attachments = {
  all: readonly Attaching[]
  add(files: readonly File[]): void
  remove(id: number): void
  clear(): void
}

/** Ends what is on its way when the screen goes. */
export function useAttachments(connection: Connection, sessionId: string, limits: AttachLimits): Attachments {
  const [all, setAll] = useState<readonly Attaching[]>([])
  const running = useRef(new Map<number, AbortController>())
  const next = useRef(1)
  useEffect(() => {
    const { current } = running
    return () => {
      for (const over of current.values()) over.abort()
    }
  }, [])
  const change = (id: number, to: Attaching) => setAll((before) => before.map((one) => (one.id === id ? to : one)))
  const start = async (file: File) => {
    const over = new AbortController()
    const base = { id: next.current++, name: file.name, size: file.size, mediaType: file.type }
    running.current.set(base.id, over)
    setAll((before) => [...before, { ...base, state: 'sending', sentBytes: 0 }])
    const result = await attach(connection, sessionId, file, {
      limits,
      signal: over.signal,
      onProgress: (sentBytes) => change(base.id, { ...base, state: 'sending', sentBytes }),
    })
    running.current.delete(base.id)
    if (over.signal.aborted) return
    if ('attachment' in result) change(base.id, { ...base, state: 'there', attachment: result.attachment })
    else change(base.id, { ...base, state: 'failed', message: whyNot(result.problem.code, result.problem.message) })
  }
  return {
    all,
    add: (files) => {
      for (const file of files) void start(file)
    },
    remove(id) {
      running.current.get(id)?.abort()
      setAll((before) => before.filter((one) => one.id !== id))
    },
    clear: () => setAll([]),
  }
}

const whyNot = (code: string, message: string) =>
  code === 'OFFLINE' ? 'Not sent: files need the connection. Attach it again when it is back.' : message

export function AttachmentList({ attachments }: { attachments: Attachments }) {
  if (attachments.all.length === 0) return null
  return (
    <ul className="attachments">
      {attachments.all.map((one) => (
        <li key={one.id} className={`attachment attachment-${one.state}`}>
          <Icon name={one.mediaType.startsWith('image/') ? 'image' : 'paperclip'} size={16} />
          <span className="attachment-text">
            <span className="cut">{one.name}</span>
            {one.state === 'sending' && (
              <span className="num" role="status">
                {Math.round((one.sentBytes / Math.max(1, one.size)) * 100)} %
              </span>
            )}
            {one.state === 'failed' && <span role="alert">{one.message}</span>}
          </span>
          <IconButton icon="cross" label={`Remove ${one.name}`} onClick={() => attachments.remove(one.id)} />
        </li>
      ))}
    </ul>
  )
}
