// Gallery entry: ?page=… and ?theme=light|dark. For development only; no build includes it.
import './ui.css'
import './gallery.css'
import { createRoot } from 'react-dom/client'
import { ClockContext } from './age.tsx'
import { Desktop } from './gallery-desktop.tsx'
import { Parts } from './gallery-parts.tsx'
import { PlanReview } from './gallery-plan.tsx'
import { QuestionSheet, WhySheet } from './gallery-question.tsx'
import { SessionStart, SessionTail } from './gallery-session.tsx'
import { SessionsScreen } from './gallery-sessions.tsx'
import { SheetTest } from './gallery-sheet-test.tsx'
import { PermissionSheet, ReasonSheet, SettledSheet } from './gallery-sheets.tsx'
import { CommandStates } from './gallery-states.tsx'
import { stillClock } from './gallery-time.ts'

const pages = {
  sessions: SessionsScreen,
  start: SessionStart,
  tail: SessionTail,
  permission: PermissionSheet,
  reason: ReasonSheet,
  settled: SettledSheet,
  question: QuestionSheet,
  plan: PlanReview,
  states: CommandStates,
  why: WhySheet,
  desktop: Desktop,
  parts: Parts,
  'sheet-test': SheetTest,
}

const wanted = new URLSearchParams(location.search)
const theme = wanted.get('theme')
if (theme) document.documentElement.dataset.theme = theme
const page = Object.entries(pages).find(([name]) => name === wanted.get('page'))
const Page = page?.[1]

const root = document.getElementById('root')
if (root)
  createRoot(root).render(
    Page ? (
      <ClockContext value={stillClock}>
        <Page />
      </ClockContext>
    ) : (
      <ul className="padded">
        {Object.keys(pages).map((name) => (
          <li key={name}>
            <a className="md-link" href={`?page=${name}&theme=light`}>
              {name}
            </a>
          </li>
        ))}
      </ul>
    ),
  )
