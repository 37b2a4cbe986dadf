/** A failure to be told to a person in one sentence: what happened, what it means, what to do next. No stack is shown. */
export class Mistake extends Error {
  readonly exitCode: number
  constructor(sentence: string, exitCode = 1) {
    super(sentence)
    this.name = 'Mistake'
    this.exitCode = exitCode
  }
}
