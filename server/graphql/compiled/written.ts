/** Parts of an answer that are JSON already, and answers that hold them. Knows no type of ours. */

/** Stands in an answer for the value whose JSON it is. */
export class Written {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  /** For whoever writes an answer without knowing of it. */
  toJSON(): unknown {
    return JSON.parse(this.text)
  }
}

const textOf = (value: unknown): string | undefined => (value instanceof Written ? value.text : JSON.stringify(value))

export const writtenList = (items: readonly unknown[]): Written =>
  new Written(`[${items.map((one) => textOf(one) ?? 'null').join()}]`)

/** As `JSON.stringify` writes it: without what is undefined. */
export function writtenObject(shown: Readonly<Record<string, unknown>>): Written {
  let text = ''
  for (const key of Object.keys(shown)) {
    const value = textOf(shown[key])
    if (value !== undefined) text += `${text === '' ? '{' : ','}${JSON.stringify(key)}:${value}`
  }
  return new Written(text === '' ? '{}' : `${text}}`)
}

/** What `JSON.stringify` gives for an answer. */
export function answerText(answer: {
  readonly data?: Readonly<Record<string, unknown>> | null
  readonly errors?: unknown
}): string {
  const { data } = answer
  if (!data || !Object.values(data).some((one) => one instanceof Written)) return JSON.stringify(answer)
  return writtenObject({ ...answer, data: writtenObject(data) }).text
}
