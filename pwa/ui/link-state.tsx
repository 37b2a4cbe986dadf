// Whether what is shown is current: always words, always since when. Offline is not red: nothing is wrong.
import { Age, At, type Instant } from './age.tsx'
import { deviceWord } from './device-word.ts'
import { Icon } from './icon.tsx'

export type Link =
  | { kind: 'live' }
  | { kind: 'reconnecting'; since: Instant }
  | { kind: 'device-offline'; since: Instant }
  | { kind: 'host-offline'; since: Instant; host: string }

/** `Live` · `Reconnecting 6 s` · `This phone is offline since 14:02` · `atlas is offline since 14:02`. */
export function LinkState({ link }: { link: Link }) {
  switch (link.kind) {
    case 'live':
      return (
        <span className="link-state">
          <span className="link-dot" />
          Live
        </span>
      )
    case 'reconnecting':
      return (
        <span className="link-state">
          <Icon name="working" size={16} />
          <span>
            Reconnecting <Age since={link.since} />
          </span>
        </span>
      )
    case 'device-offline':
      return (
        <span className="link-state">
          <Icon name="wifi-off" size={16} />
          <span>
            <strong>This {deviceWord()} is offline</strong> since <At at={link.since} />
          </span>
        </span>
      )
    case 'host-offline':
      return (
        <span className="link-state">
          <Icon name="offline" size={16} />
          {/* A long name gives way; since when is said whole. */}
          <span className="link-state-host">
            <strong className="cut">{link.host}</strong>{' '}
            <span className="num">
              <strong>is offline</strong> since <At at={link.since} />
            </span>
          </span>
        </span>
      )
  }
}
