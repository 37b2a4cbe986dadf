// A content block that is no text: a picture, a sound, a linked or embedded resource. Nothing loads before it is asked for (T8).
import { useEffect, useState } from 'react'
import { Ansi } from '../../ui/ansi.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Markdown } from '../../ui/markdown.tsx'
import { BodyText, LoadLine, SaveLink, useBody } from './body-view.tsx'
import type { Block, BodyRef } from './event-fields.ts'

/** Pictures that hold no script. SVG is not among them. */
const pictures = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp'])

function Picture({ body, name, mediaType }: { body: BodyRef; name: string; mediaType: string }) {
  const { bytes, loading, load } = useBody(body)
  const [address, setAddress] = useState<string>()
  const [cannot, setCannot] = useState(false)
  const shows = pictures.has(mediaType)
  useEffect(() => {
    if (bytes === null || !shows) return
    const made = URL.createObjectURL(new Blob([bytes], { type: mediaType }))
    setAddress(made)
    return () => URL.revokeObjectURL(made)
  }, [bytes, shows, mediaType])
  if (bytes === null)
    return <LoadLine verb={shows ? `Show ${name}` : `Fetch ${name}`} size={body.size} loading={loading} onLoad={load} />
  return (
    <>
      {address !== undefined && !cannot && (
        <img className="tr-picture" src={address} alt={name} onError={() => setCannot(true)} />
      )}
      <div className="tr-load">
        {cannot && <span>This browser cannot show it.</span>}
        <SaveLink bytes={bytes} mediaType={mediaType} name={name} />
      </div>
    </>
  )
}

export function ShownBlock({ block }: { block: Block }) {
  const name = block.name ?? block.title ?? block.uri?.split('/').at(-1) ?? block.type
  const mediaType = block.mediaType ?? block.body?.mediaType ?? 'application/octet-stream'
  return (
    <div className="tr-shown">
      {block.type === 'text' ? (
        <BodyText text={block.text ?? ''} body={block.textBody}>
          {(text) => <Markdown text={text} />}
        </BodyText>
      ) : (
        <>
          <p className="tr-shown-name">
            <Icon name={block.type === 'image' ? 'image' : 'file'} size={18} />
            <span className="cut">{name}</span>
            {block.uri !== null && block.uri !== name && <span className="mono cut ink-3">{block.uri}</span>}
          </p>
          {block.text !== null && (
            <BodyText text={block.text} body={block.textBody}>
              {(text) => <Ansi text={text} wrap />}
            </BodyText>
          )}
          {block.body !== null && <Picture body={block.body} name={name} mediaType={mediaType} />}
        </>
      )}
    </div>
  )
}
