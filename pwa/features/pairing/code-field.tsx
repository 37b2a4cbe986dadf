// Where the eight signs are typed. Forgiving: case, blanks, dashes and look-alikes do not matter.
import { ALPHABET, normaliseCode } from '../../../protocol/pairing.ts'
import { Field } from '../../ui/field.tsx'

/** What may stand in the field: the signs of the alphabet, eight at most. */
export const cleanCode = (typed: string): string =>
  [...normaliseCode(typed)]
    .filter((sign) => ALPHABET.includes(sign))
    .join('')
    .slice(0, 8)

/** `K7M2QX3D` as `K7M2 QX3D`. */
export const shownCode = (code: string): string => (code.length > 4 ? `${code.slice(0, 4)} ${code.slice(4)}` : code)

export const isWholeCode = (code: string): boolean => code.length === 8

export function CodeField(props: { code: string; onChange: (code: string) => void; hint: string }) {
  return (
    <div className="pair-code-field">
      <Field
        label="Code"
        value={shownCode(props.code)}
        onChange={(typed) => props.onChange(cleanCode(typed))}
        hint={props.hint}
        inputMode="text"
        autoCapitalize="characters"
        autoComplete="one-time-code"
        autoCorrect="off"
        spellCheck={false}
        placeholder="0000 0000"
        enterKeyHint="next"
      />
    </div>
  )
}
