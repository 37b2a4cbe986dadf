// Command classes that may never be approved remotely: patterns, with examples on both sides that are tried before it is applied.
import { TextLink } from '../../ui/button.tsx'
import { Field, TextArea } from '../../ui/field.tsx'
import { SheetPart } from '../../ui/sheet.tsx'
import type { PolicyDocumentInput } from './documents.ts'

type Classes = NonNullable<PolicyDocumentInput['neverRemote']>

export function ClassesEditor({ classes, onChange }: { classes: Classes; onChange: (classes: Classes) => void }) {
  const change = (at: number, next: Partial<Classes[number]>) =>
    onChange(classes.map((one, index) => (index === at ? { ...one, ...next } : one)))
  return (
    <SheetPart>
      {classes.map((one, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a class has no identity while its name is being written
        <section key={at} className="admin-class" aria-label={one.name || 'A new class'}>
          <Field label="Name" value={one.name} maxLength={60} onChange={(name) => change(at, { name })} />
          <TextArea
            label="Patterns"
            hint="One a line; * is anything."
            value={one.patterns.join('\n')}
            onChange={(text) => change(at, { patterns: text.split('\n') })}
          />
          <TextArea
            label="Must fall into it"
            hint="Commands to try it with, one a line."
            value={(one.matches ?? []).join('\n')}
            onChange={(text) => change(at, { matches: text.split('\n') })}
          />
          <TextArea
            label="Must pass"
            value={(one.passes ?? []).join('\n')}
            onChange={(text) => change(at, { passes: text.split('\n') })}
          />
          <TextLink onClick={() => onChange(classes.filter((_, index) => index !== at))}>Remove this class</TextLink>
        </section>
      ))}
      <TextLink icon="plus" onClick={() => onChange([...classes, { name: '', patterns: [], matches: [], passes: [] }])}>
        Add a class
      </TextLink>
    </SheetPart>
  )
}
