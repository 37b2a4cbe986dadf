// Everything that waits for the person, longest first, and what was settled today (mockup 06).
import '../features/decisions/decisions.css'
import './inbox.css'
import { useLocation } from 'wouter'
import { useDecisions, useDecisionsLoaded } from '../features/decisions/decisions.tsx'
import { InboxRow } from '../features/decisions/inbox-row.tsx'
import { SettledToday } from '../features/decisions/settled-list.tsx'
import { ScreenTitle } from '../ui/bars.tsx'
import { IconButton } from '../ui/button.tsx'
import { EmptyState } from '../ui/note.tsx'
import { Group, GroupHeading } from '../ui/row.tsx'

export default function InboxScreen() {
  const [, go] = useLocation()
  const open = useDecisions()
  const loaded = useDecisionsLoaded()
  return (
    <div className="inbox">
      <ScreenTitle end={<IconButton icon="bell" label="Notifications" onClick={() => go('/settings#notifications')} />}>
        Inbox
      </ScreenTitle>
      {open.length > 0 && (
        <>
          <GroupHeading aside="longest first">Waiting for you</GroupHeading>
          <Group label="Waiting for you">
            {open.map((decision) => (
              <InboxRow
                key={decision.id}
                decision={decision}
                onOpen={() => go(`/s/${decision.session.id}?d=${decision.id}`)}
              />
            ))}
          </Group>
        </>
      )}
      {open.length === 0 && (
        <EmptyState>
          {loaded ? 'Nothing waits for you. What an agent asks appears here.' : 'What waits for you is not known yet.'}
        </EmptyState>
      )}
      <SettledToday />
    </div>
  )
}
