// What holds for a person, setting by setting: the value, whose rule it is, and what would lift it (F3). For them, and for their admin.
import { Icon } from '../../ui/icon.tsx'
import { Group, Row } from '../../ui/row.tsx'
import type { EffectiveSetting } from './effective.ts'
import { nobodySaid, settingTitle, valueTextWords, whoseWords } from './setting-words.ts'

export function ExplainedSettings({ settings }: { settings: readonly EffectiveSetting[] }) {
  return (
    <Group label="Every setting">
      {settings.map((setting) => (
        <Row
          key={setting.name}
          wrap
          lead={<Icon name={setting.remedy === null ? 'tick' : 'lock'} size={18} />}
          title={
            <>
              {settingTitle(setting.name)}: {valueTextWords(setting.name, setting.value)}
            </>
          }
          detail={setting.level === 'default' ? nobodySaid : whoseWords(setting)}
        />
      ))}
    </Group>
  )
}
