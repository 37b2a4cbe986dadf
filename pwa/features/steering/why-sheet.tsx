// Why something may not be done here: the rule, and what lifts it (T7, F3).
import { Button } from '../../ui/button.tsx'
import { Row } from '../../ui/row.tsx'
import { Sheet, SheetTitle } from '../../ui/sheet.tsx'
import { namedByTitle } from '../policy/setting-words.ts'

export type Why = {
  title: string
  message: string
  rule: string | null
  /** enterprise, organisation, host … */
  level?: string | null
  owner?: string | null
  remedy?: string | null
  code?: string
}

const levels: Record<string, string> = {
  enterprise: 'The enterprise',
  organisation: 'The organisation',
  policy: 'The policy of this person',
  managed: 'The managed machine',
  host: 'The workstation',
  session: 'The session’s terminal',
  device: 'This device',
  server: 'The server',
}

export function WhySheet({ why, onClose }: { why: Why | null; onClose: () => void }) {
  return (
    <Sheet
      open={why !== null}
      onClose={onClose}
      label={why?.title ?? 'Why?'}
      footer={
        <Button kind="quiet" tall block onClick={onClose}>
          Close
        </Button>
      }
    >
      {why && (
        <>
          <SheetTitle chip={<span className="type-second">Why?</span>} title={why.title} who={why.message} />
          {why.remedy != null && <Row sheet wrap title="What would lift it" detail={namedByTitle(why.remedy)} />}
          {why.level != null && (
            <Row
              sheet
              wrap
              title="Who says so"
              detail={`${levels[why.level] ?? why.level}${why.owner == null ? '' : `: ${why.owner}`}`}
            />
          )}
          {why.rule !== null && (
            <Row
              sheet
              wrap
              title="Rule"
              detail={<code>{why.code === undefined ? why.rule : `${why.code}: ${why.rule}`}</code>}
            />
          )}
        </>
      )}
    </Sheet>
  )
}
