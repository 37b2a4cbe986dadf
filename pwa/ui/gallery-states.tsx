// Gallery: what became of each command, in words.

import { TextLink } from './button.tsx'
import { Composer, SessionHeader } from './gallery-session.tsx'
import { Icon } from './icon.tsx'
import { Divider, Note } from './note.tsx'
import { PromptCard } from './prompt-card.tsx'
import { Receipt } from './receipt.tsx'
import { Group, Row } from './row.tsx'

export function CommandStates() {
  return (
    <div className="screen">
      <SessionHeader />
      <main className="screen-middle transcript">
        <PromptCard receipt={<Receipt step="applied">Applied 14:01</Receipt>}>Use ON CONFLICT, not a lock.</PromptCard>
        <PromptCard
          state="unknown"
          why={{
            title: 'Unknown since 14:03',
            text: 'atlas restarted in the middle of it. Look before you send it again.',
          }}
          actions={
            <>
              <TextLink>Show 14:03</TextLink>
              <TextLink>Send again</TextLink>
            </>
          }
        >
          Delete the staging snapshot.
        </PromptCard>
        <Group flush>
          <Row
            wrap
            lead={<Icon name="phone" />}
            title={
              <>
                <strong>Superseded:</strong> Deny
              </>
            }
            detail="Answered at the terminal 14:02: Allow once"
          />
          <Row
            lead={<Icon name="lock" />}
            title={
              <>
                <strong>Refused:</strong> autopilot
              </>
            }
            detail="Acme Group does not allow it."
            trailing={<TextLink>Why?</TextLink>}
          />
        </Group>
        <PromptCard receipt={<Receipt step="delivered">Delivered to atlas 14:05, not applied yet</Receipt>}>
          Cover a worker that dies halfway.
        </PromptCard>
        <PromptCard
          state="queued"
          receipt={<Receipt step="applied">Queued on atlas 14:05, after this turn</Receipt>}
          actions={
            <>
              <TextLink>Edit</TextLink>
              <TextLink>Withdraw</TextLink>
              <TextLink>Send now</TextLink>
            </>
          }
        >
          Then run the whole billing suite.
        </PromptCard>
        <PromptCard receipt={<Receipt step="saved">Saved 14:06, atlas has not fetched it</Receipt>}>
          Tell me when it is green.
        </PromptCard>
        <Divider>Seen up to 14:02</Divider>
        <Note icon="monitor">
          The agent goes on working on atlas. What you missed will be here when the phone is back.
        </Note>
      </main>
      <Composer />
    </div>
  )
}
