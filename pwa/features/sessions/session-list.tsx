// The list itself: what waits first, then by workstation and repository. Rows are links; in select mode they are checkboxes.
import type { MouseEvent, ReactNode } from 'react'
import { useLink } from '../../graphql/connection-context.tsx'
import { Age, At } from '../../ui/age.tsx'
import { LinkState } from '../../ui/link-state.tsx'
import { Group, GroupHeading, GroupLabel, Row } from '../../ui/row.tsx'
import { DecisionTile, StateGlyph } from '../../ui/state-glyph.tsx'
import { Swipe } from '../../ui/swipe.tsx'
import type { Layout, Placed } from './grouping.ts'
import { type Glance, glanceOf } from './state-words.ts'

export type RowHandling = {
  activeId: string | undefined
  onOpen: (address: string, event: MouseEvent<HTMLElement>) => void
  /** Null outside select mode. */
  selected: ReadonlySet<string> | null
  onToggle: (id: string) => void
  menu: (placed: Placed) => ReactNode
  /** What a finger to the left does; the same stands in the row's menu. */
  swipe: { label: string; onAct: (placed: Placed) => Promise<unknown> }
}

/** A session that waits opens at what it waits for. */
const addressOf = ({ session, waiting }: Placed): string =>
  waiting ? `/s/${session.id}?d=${waiting.id}` : `/s/${session.id}`

function Detail({ glance }: { glance: Glance }) {
  return (
    <>
      {glance.tone === 'red' ? <strong className="row-bad">{glance.word}</strong> : glance.word}
      {glance.rest !== '' && ` · ${glance.rest}`}
    </>
  )
}

export function SessionLine({ placed, handling }: { placed: Placed; handling: RowHandling }) {
  const { session, life, waiting } = placed
  const { selected } = handling
  const glance = glanceOf(session, life, waiting, useLink().kind === 'offline')
  const chosen = selected?.has(session.id) ?? false
  const lead =
    selected !== null ? (
      <input type="checkbox" className="choice-mark" checked={chosen} readOnly tabIndex={-1} aria-hidden="true" />
    ) : glance.sign.kind === 'tile' ? (
      <DecisionTile kind={glance.sign.asked} />
    ) : (
      <StateGlyph state={glance.sign.state} />
    )
  const time = glance.time && (glance.time.kind === 'age' ? <Age since={glance.time.at} /> : <At at={glance.time.at} />)
  const row = (
    <Row
      lead={lead}
      leadKind={selected === null && glance.sign.kind === 'tile' ? 'tile' : 'glyph'}
      title={session.title}
      detail={<Detail glance={glance} />}
      {...(time === null ? {} : { age: time })}
      tone={waiting ? 'waiting' : life.live ? 'plain' : 'muted'}
      chosen={selected === null && handling.activeId === session.id}
      {...(selected === null
        ? {
            href: addressOf(placed),
            onClick: (event: MouseEvent<HTMLElement>) => handling.onOpen(addressOf(placed), event),
            trailing: handling.menu(placed),
          }
        : { onClick: () => handling.onToggle(session.id) })}
    />
  )
  // What waits for a person is answered, not put away; and in select mode a finger selects.
  const moves = selected === null && waiting === null
  return (
    <div className="session-line" data-line={session.id}>
      <Swipe icon="archive" label={handling.swipe.label} onAct={moves ? () => handling.swipe.onAct(placed) : undefined}>
        {row}
      </Swipe>
    </div>
  )
}

export function SessionList({ layout, handling }: { layout: Layout; handling: RowHandling }) {
  // Out of the server's reach nobody here knows whether a workstation is live.
  const link = useLink().kind
  const away = link === 'offline' || link === 'reconnecting'
  return (
    <>
      {layout.waiting.length > 0 && (
        <>
          <GroupHeading aside="longest first">Waiting for you</GroupHeading>
          <Group waiting label="Waiting for you">
            {layout.waiting.map((placed) => (
              <SessionLine key={placed.session.id} placed={placed} handling={handling} />
            ))}
          </Group>
        </>
      )}
      {layout.hosts.map(({ host, life, repositories }) => (
        <section key={host.id} aria-label={host.name}>
          <GroupHeading
            icon="monitor"
            aside={
              life.live ? (
                !away && <LinkState link={{ kind: 'live' }} />
              ) : life.since === null ? (
                'Never seen'
              ) : (
                <span>
                  Offline since <At at={life.since} />
                </span>
              )
            }
          >
            {host.name}
          </GroupHeading>
          {repositories.map(({ name, rows }) => (
            <div key={name}>
              <GroupLabel>{name}</GroupLabel>
              <Group>
                {rows.map((placed) => (
                  <SessionLine key={placed.session.id} placed={placed} handling={handling} />
                ))}
              </Group>
            </div>
          ))}
        </section>
      ))}
    </>
  )
}
