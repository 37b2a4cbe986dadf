// Why something may not be done here: the rule, and what lifts it (T7, F3).
import { Button } from '../../ui/button.tsx'
import { Row } from '../../ui/row.tsx'
import { Sheet, SheetTitle } from '../../ui/sheet.tsx'

export type Why = { title: string; message: string; rule: string | null; remedy?: string | null }

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
          <SheetTitle aside="Why?" title={why.title} who={why.message} />
          {why.remedy != null && <Row sheet wrap title="What would lift it" detail={why.remedy} />}
          {why.rule !== null && <Row sheet wrap title="Rule" detail={<code>{why.rule}</code>} />}
        </>
      )}
    </Sheet>
  )
}
