// Gallery: two panes at 1280×800; the decision is a panel above the composer.
import { AnswerGuard } from './answer-guard.tsx'
import { AppMark } from './app-mark.tsx'
import { Badge, Header } from './bars.tsx'
import { Button, IconButton, TextLink } from './button.tsx'
import { CommandBlock, KeyValues } from './command-block.tsx'
import { DiffCounts } from './diff.tsx'
import { Composer, editTool, firstPrompt, meta, steps } from './gallery-session.tsx'
import { SessionList } from './gallery-sessions.tsx'
import { command, facts } from './gallery-sheets.tsx'
import { time } from './gallery-time.ts'
import { Icon } from './icon.tsx'
import { Markdown } from './markdown.tsx'
import { StepsBar } from './plan-strip.tsx'
import { StateWords } from './state-chip.tsx'
import { DecisionTile } from './state-glyph.tsx'
import { FoldRow, ThoughtFold } from './tool-row.tsx'

export function Desktop() {
  return (
    <div className="panes">
      <aside className="pane-side">
        <div className="pane-side-head">
          <AppMark />
          <span>Offdesk</span>
          <IconButton icon="search" label="Search" />
          <IconButton icon="plus" label="New session" />
        </div>
        <div className="screen-middle">
          <a className="row-main" href="#inbox">
            <Icon name="inbox" />
            <span className="row-text">Inbox</span>
            <Badge count={4} />
          </a>
          <SessionList chosen="Idempotent invoices" />
        </div>
      </aside>
      <div className="pane-main">
        <Header
          wide
          title="Idempotent invoices"
          meta={meta}
          end={
            <>
              <StepsBar steps={steps} />
              <span className="ink-2 num">3 of 5</span>
              <TextLink icon="stop" tone="ink">
                Cancel turn <kbd className="key-hint">Esc</kbd>
              </TextLink>
              <IconButton icon="more" label="More" />
            </>
          }
        />
        <main className="screen-middle">
          <div className="pane-column transcript">
            {firstPrompt}
            <ThoughtFold title="Thought for 14 s">Who calls it twice?</ThoughtFold>
            <Markdown text="When a worker times out after the insert, the queue calls `createInvoice` again. I’ll give each attempt a key and return the first row on conflict." />
            {editTool}
          </div>
        </main>
        <div className="pane-column">
          <div className="pane-panel">
            <section className="decision-panel" aria-label="Run this command?">
              <div className="decision-panel-head">
                <DecisionTile kind="permission" />
                <h2 className="type-bar">Run this command?</h2>
                <StateWords state={{ kind: 'waiting', since: time(14, 2) }} />
              </div>
              <div className="panel-facts">
                <CommandBlock text={command} />
                <KeyValues pairs={facts} />
              </div>
              <FoldRow icon="file" title="Patch, 2 files" result={<DiffCounts added={10} removed={1} />}>
                <span />
              </FoldRow>
              <AnswerGuard className="panel-answers" guardKey="d1">
                <Button shortcut="A">Allow once</Button>
                <Button kind="quiet" shortcut="D">
                  Deny
                </Button>
                <Button kind="quiet" icon="key">
                  Always allow <code>npm run db:*</code>
                </Button>
                <TextLink>Deny with a reason</TextLink>
              </AnswerGuard>
            </section>
          </div>
          <Composer wide />
        </div>
      </div>
    </div>
  )
}
