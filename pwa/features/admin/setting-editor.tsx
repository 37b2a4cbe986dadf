// One setting of a policy, said or left to the others, as choices. Writes nothing anywhere: it hands the value back.
import { ChoiceRow } from '../../ui/choice.tsx'
import { Field, TextArea } from '../../ui/field.tsx'
import { SheetPart } from '../../ui/sheet.tsx'
import { minutesWords } from '../lock/lock-words.ts'
import { type SettingName, settingTitle, valueWords } from '../policy/setting-words.ts'
import { ClassesEditor } from './classes-editor.tsx'
import type { PolicyDocumentInput } from './documents.ts'

export type Said = Exclude<SettingName, 'remoteControl'>
type Value<Name extends Said> = NonNullable<PolicyDocumentInput[Name]>

const DAY = 1440
const minuteChoices: Partial<Record<Said, readonly number[]>> = {
  idleLockMinutes: [1, 5, 15, 60],
  sessionRetentionMinutes: [60, DAY, 7 * DAY, 30 * DAY, 90 * DAY, 365 * DAY],
  auditRetentionMinutes: [30 * DAY, 90 * DAY, 365 * DAY, 3650 * DAY],
}
const rungs = ['VIEW', 'ANSWER', 'STEER', 'FULL'] as const
const modes = ['PLAN', 'INTERACTIVE', 'AUTOPILOT'] as const
const kinds = ['BROWSER', 'SCRIPT'] as const
const contents = ['NONE', 'TITLE', 'FULL'] as const
const freshStepUp = { viewMinutes: 720, answerMinutes: 15, steerMinutes: 15 }

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '')

function One<Name extends Said>(props: {
  name: Name
  values: readonly Value<Name>[]
  value: Value<Name> | null
  onChange: (value: Value<Name>) => void
}) {
  return props.values.map((value) => (
    <ChoiceRow
      key={String(value)}
      ruled
      kind="radio"
      name={props.name}
      value={String(value)}
      checked={props.value === value}
      onChange={() => props.onChange(value)}
      title={valueWords(props.name, value)}
    />
  ))
}

function Several<Word extends string>(props: {
  name: 'allowedModes' | 'allowedDeviceKinds'
  values: readonly Word[]
  value: readonly Word[] | null
  onChange: (value: Word[]) => void
}) {
  const { value } = props
  return props.values.map((one) => (
    <ChoiceRow
      key={one}
      ruled
      kind="checkbox"
      name={props.name}
      value={one}
      checked={value?.includes(one) ?? false}
      onChange={(on) => props.onChange(props.values.filter((word) => (word === one ? on : value?.includes(word))))}
      title={valueWords(props.name, [one])}
    />
  ))
}

const minutesField = (label: string, value: number, onChange: (minutes: number) => void, least = 0) => (
  <Field
    label={label}
    type="number"
    inputMode="numeric"
    min={least}
    value={String(value)}
    onChange={(text) => onChange(Math.max(least, Math.floor(Number(text) || 0)))}
  />
)

function StepUp({ value, onChange }: { value: Value<'stepUp'> | null; onChange: (value: Value<'stepUp'>) => void }) {
  const shown = {
    from: value?.from ?? 'FULL',
    viewMinutes: value?.viewMinutes ?? freshStepUp.viewMinutes,
    answerMinutes: value?.answerMinutes ?? freshStepUp.answerMinutes,
    steerMinutes: value?.steerMinutes ?? freshStepUp.steerMinutes,
  }
  return (
    <>
      {rungs.map((from) => (
        <ChoiceRow
          key={from}
          ruled
          kind="radio"
          name="stepUp"
          value={from}
          checked={value?.from === from}
          onChange={() => onChange({ ...shown, from })}
          title={valueWords('stepUp', { from })}
        />
      ))}
      {value && value.from !== 'FULL' && (
        <SheetPart>
          <p className="type-second">
            For how many minutes one passkey counts. Always-allow and autopilot ask each time.
          </p>
          <div className="admin-fields">
            {value.from === 'VIEW' &&
              minutesField('Looking', shown.viewMinutes, (viewMinutes) => onChange({ ...shown, viewMinutes }))}
            {value.from !== 'STEER' &&
              minutesField('Answers', shown.answerMinutes, (answerMinutes) => onChange({ ...shown, answerMinutes }))}
            {minutesField('Prompts', shown.steerMinutes, (steerMinutes) => onChange({ ...shown, steerMinutes }))}
          </div>
        </SheetPart>
      )}
    </>
  )
}

/** `onChange(null)` leaves it to the other levels. */
export function SettingEditor(props: {
  name: Said
  document: PolicyDocumentInput
  onChange: (change: Partial<PolicyDocumentInput>) => void
}) {
  const { name, document, onChange } = props
  const value = document[name] ?? null
  const put = (next: PolicyDocumentInput[Said]) => onChange({ [name]: next })
  const choices = minuteChoices[name]
  const minutes = typeof value === 'number' ? value : null
  const editor = () => {
    switch (name) {
      case 'maxRung':
        return <One name="maxRung" values={rungs} value={document.maxRung ?? null} onChange={put} />
      case 'notificationContent':
        return (
          <One
            name="notificationContent"
            values={contents}
            value={document.notificationContent ?? null}
            onChange={put}
          />
        )
      case 'headlessSessions':
        return (
          <One
            name="headlessSessions"
            values={[true, false]}
            value={document.headlessSessions ?? null}
            onChange={put}
          />
        )
      case 'allowedModes':
        return <Several name={name} values={modes} value={document.allowedModes ?? null} onChange={put} />
      case 'allowedDeviceKinds':
        return <Several name={name} values={kinds} value={document.allowedDeviceKinds ?? null} onChange={put} />
      case 'stepUp':
        return <StepUp value={document.stepUp ?? null} onChange={put} />
      case 'neverRemote':
        return <ClassesEditor classes={document.neverRemote ?? []} onChange={put} />
      case 'allowedAgents':
        return (
          <SheetPart>
            <TextArea
              label="Agents that may be used"
              hint="The agent’s id, one a line: claude, opencode."
              rows={3}
              value={(document.allowedAgents ?? []).join('\n')}
              onChange={(text) => put(text.split('\n'))}
            />
          </SheetPart>
        )
      default:
        return (
          <>
            {choices?.map((choice) => (
              <ChoiceRow
                key={choice}
                ruled
                kind="radio"
                name={name}
                value={String(choice)}
                checked={minutes === choice}
                onChange={() => put(choice)}
                title={minutesWords(choice)}
              />
            ))}
            <SheetPart>
              {minutesField('Another time, in minutes', minutes ?? 0, (next) => put(next < 1 ? null : next))}
            </SheetPart>
          </>
        )
    }
  }
  return (
    <fieldset className="admin-setting">
      <legend className="sr-only">{settingTitle(name)}</legend>
      <ChoiceRow
        ruled
        kind={name.startsWith('allowed') && name !== 'allowedAgents' ? 'checkbox' : 'radio'}
        name={name}
        value="left"
        checked={value === null}
        onChange={() => put(null)}
        title="Leave it to the others"
        detail="This level says nothing about it."
      />
      {editor()}
    </fieldset>
  )
}

/** As the server takes it: without empty lines and unused classes. */
export const tidied = (document: PolicyDocumentInput): PolicyDocumentInput => ({
  ...document,
  ...(document.allowedAgents ? { allowedAgents: document.allowedAgents.filter((one) => one.trim() !== '') } : {}),
  ...(document.neverRemote
    ? {
        neverRemote: document.neverRemote.map(({ name, patterns, matches, passes }) => ({
          name,
          patterns: linesOf(patterns.join('\n')),
          matches: linesOf((matches ?? []).join('\n')),
          passes: linesOf((passes ?? []).join('\n')),
        })),
      }
    : {}),
})
