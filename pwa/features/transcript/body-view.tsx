// A content whose beginning is here and whose whole is on the server: shown when asked for, saved when it is too long to show.
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useConnection } from '../../graphql/connection-context.tsx'
import { TextLink } from '../../ui/button.tsx'
import { fetchBody, sizeWords } from './body.ts'
import type { BodyRef } from './event-fields.ts'
import { useTranscript } from './transcript-context.tsx'

/** More than this many characters would hold the screen; the rest is in the file. */
const MOST_CHARACTERS = 300_000

type Loading = { kind: 'rest' } | { kind: 'loading'; bytes: number } | { kind: 'failed'; message: string }

/** Fetches once for this row; ends with it. */
export function useBody(ref: BodyRef | null): {
  bytes: Uint8Array<ArrayBuffer> | null
  loading: Loading
  load(): void
} {
  const connection = useConnection()
  const { sessionId } = useTranscript()
  const [bytes, setBytes] = useState<Uint8Array<ArrayBuffer> | null>(null)
  const [loading, setLoading] = useState<Loading>({ kind: 'rest' })
  const over = useRef<AbortController>(undefined)
  useEffect(() => () => over.current?.abort(), [])
  const load = async () => {
    if (ref === null || loading.kind === 'loading') return
    over.current = new AbortController()
    const { signal } = over.current
    setLoading({ kind: 'loading', bytes: 0 })
    const fetched = await fetchBody(connection, sessionId, ref, {
      signal,
      onProgress: (sofar) => !signal.aborted && setLoading({ kind: 'loading', bytes: sofar }),
    })
    if (signal.aborted) return
    if ('problem' in fetched) setLoading({ kind: 'failed', message: fetched.problem.message })
    else {
      setBytes(fetched.bytes)
      setLoading({ kind: 'rest' })
    }
  }
  return { bytes, loading, load: () => void load() }
}

/** `Show all, 2.3 MB`, then how far it is, then why not. */
export function LoadLine(props: { verb: string; size: number; loading: Loading; onLoad: () => void }) {
  const { loading } = props
  return (
    <div className="tr-load">
      {loading.kind === 'loading' ? (
        <span className="num" role="status">
          {sizeWords(loading.bytes)} of {sizeWords(props.size)}
        </span>
      ) : (
        <TextLink onClick={props.onLoad}>
          {props.verb}, {sizeWords(props.size)}
        </TextLink>
      )}
      {loading.kind === 'failed' && <span role="alert">{loading.message}</span>}
    </div>
  )
}

/** Offers the bytes as a file. */
export function SaveLink(props: { bytes: Uint8Array<ArrayBuffer>; mediaType: string; name: string }) {
  const save = () => {
    // Never opened as what it says it is: a saved page must not run on this origin (T8).
    const address = URL.createObjectURL(new Blob([props.bytes], { type: 'application/octet-stream' }))
    const link = document.createElement('a')
    link.href = address
    link.download = props.name
    link.click()
    setTimeout(() => URL.revokeObjectURL(address), 10_000)
  }
  return (
    <TextLink icon="download" onClick={save}>
      Save as a file
    </TextLink>
  )
}

/** Text with its beginning; `children` draws whatever of it is here, and hears whether more is on the server. */
export function BodyText(props: {
  text: string
  body: BodyRef | null
  children: (text: string, partial: boolean) => ReactNode
}) {
  const { bytes, loading, load } = useBody(props.body)
  const whole = bytes === null ? null : new TextDecoder().decode(bytes)
  const shown = whole === null ? props.text : whole.slice(0, MOST_CHARACTERS)
  return (
    <>
      {props.children(shown, props.body !== null && whole === null)}
      {props.body !== null && whole === null && (
        <LoadLine verb="Show all" size={props.body.size} loading={loading} onLoad={load} />
      )}
      {bytes !== null && whole !== null && whole.length > MOST_CHARACTERS && (
        <div className="tr-load">
          <span>Cut here. All of it is {sizeWords(bytes.length)}.</span>
          <SaveLink bytes={bytes} mediaType="text/plain" name="output.txt" />
        </div>
      )}
    </>
  )
}
