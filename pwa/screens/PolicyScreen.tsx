// What holds for this person and why (F3): nothing can be changed here but what is theirs, which is in the settings.
import './settings.css'
import { useLocation } from 'wouter'
import { useEffectivePolicy } from '../features/policy/effective.ts'
import { ExplainedSettings } from '../features/policy/explained-settings.tsx'
import { Header } from '../ui/bars.tsx'
import { EmptyState } from '../ui/note.tsx'
import { GroupNote } from '../ui/row.tsx'

export default function PolicyScreen() {
  const [, go] = useLocation()
  const policy = useEffectivePolicy()
  return (
    <div className="settings">
      <Header title="What holds for you" onBack={() => go('/settings')} />
      {policy ? (
        <>
          <GroupNote>
            {policy.organisationId === null
              ? 'No organisation governs you: what holds is what you and your workstations say.'
              : 'Enterprise, organisation, you, workstation and session have a say. The strictest wins.'}
          </GroupNote>
          <ExplainedSettings settings={policy.settings} />
        </>
      ) : (
        <EmptyState>What holds for you is not known yet.</EmptyState>
      )}
    </div>
  )
}
