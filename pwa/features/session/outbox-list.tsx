// What was said on this device and has not left it: in the order it goes, each with the way to take it back.
import { useContext } from 'react'
import { ClockContext } from '../../ui/age.tsx'
import { momentWords } from '../../ui/age-words.ts'
import { IconButton } from '../../ui/button.tsx'
import { deviceWord } from '../../ui/device-word.ts'
import { Icon } from '../../ui/icon.tsx'
import { Menu } from '../../ui/menu.tsx'
import { Group, GroupHeading, Row } from '../../ui/row.tsx'
import type { Entry } from '../steering/outbox.ts'
import { useOutbox } from '../steering/steering.tsx'

const how = (entry: Entry): string => {
  if (entry.kind === 'sendPrompt') return entry.input.delivery === 'NOW' ? 'Now.' : 'After that turn.'
  if (entry.kind === 'cancelTurn') return 'If that turn is still going on.'
  return `Kept on this ${deviceWord()}.`
}

export function OutboxList({ onEdit }: { onEdit: (text: string) => void }) {
  const { waiting, discard } = useOutbox()
  const now = useContext(ClockContext).read()
  return (
    <section className="outbox" aria-label="Outbox">
      <GroupHeading aside={`${waiting.length}, sent in this order`}>Outbox</GroupHeading>
      <Group flush>
        {waiting.map((entry) => {
          const text = typeof entry.input.text === 'string' ? entry.input.text : null
          return (
            <Row
              key={entry.key}
              lead={<Icon name="arrow-right" size={18} />}
              title={entry.what}
              detail={`${momentWords(entry.keptAt, now)}. ${how(entry)}`}
              trailing={
                <Menu
                  label={entry.what}
                  trigger={(t) => <IconButton icon="more" label="More" ref={t.ref} onClick={t.onClick} />}
                  items={[
                    ...(entry.kind === 'sendPrompt' && text !== null
                      ? [
                          {
                            id: 'edit',
                            label: 'Take back and edit',
                            icon: 'pencil' as const,
                            onSelect: () => {
                              if (discard(entry.key)) onEdit(text)
                            },
                          },
                        ]
                      : []),
                    {
                      id: 'discard',
                      label: 'Do not send',
                      icon: 'trash',
                      destructive: true,
                      onSelect: () => void discard(entry.key),
                    },
                  ]}
                />
              }
            />
          )
        })}
      </Group>
    </section>
  )
}
