// biome-ignore-all lint/suspicious/noControlCharactersInRegex: this room exists to find them
// Terminal output as runs of styled text. Only colours and weight survive; every other control sequence is removed (T8). Pure.
export type AnsiColour = 'red' | 'green' | 'blue' | 'yellow' | 'magenta' | 'cyan' | 'grey'
export type AnsiSpan = {
  text: string
  colour?: AnsiColour
  bold?: true
  dim?: true
  italic?: true
  underline?: true
  struck?: true
  /** Ground and text swapped. */
  inverse?: true
}

// String sequences (OSC, DCS, SOS, PM, APC) up to their end or, unfinished, to the end of the line.
const strings = /(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\n]*?(?:\x1b\\|\x07|\x9c|(?=\n)|$)/g
const csi = /(?:\x1b\[|\x9b)([0-?]*)([ -/]*)([@-~]|(?=[^@-~])|$)/g
const otherEscapes = /\x1b(?!\[)[ -/]*[0-~]?/g
const otherControls = /[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f]/g

/** The text with colour sequences alone. A carriage return starts its line anew, as a progress bar means it. */
export function onlyColours(text: string): string {
  const coloured = text
    .replace(strings, '')
    .replace(csi, (_, parameters: string, between: string, final: string) =>
      final === 'm' && between === '' && /^[0-9;:]*$/.test(parameters)
        ? `\x1b[${parameters.replace(/([34]8:2):(?=:|\d+:\d+:\d+:\d)[^:;]*:/g, '$1:').replaceAll(':', ';')}m`
        : '',
    )
    .replace(otherEscapes, '')
    .replaceAll('\r\n', '\n')
  const lines = coloured.split('\n').map((line) => {
    if (!line.includes('\r')) return line
    const kept = line.split('\r')
    const at = kept.findLastIndex((part) => part.replace(/\x1b\[[0-9;]*m/g, '') !== '')
    if (at < 0) return ''
    // The colours that an overwritten part switched on still hold.
    const before =
      kept
        .slice(0, at)
        .join('')
        .match(/\x1b\[[0-9;]*m/g) ?? []
    return before.join('') + kept[at]
  })
  return lines.join('\n').replace(otherControls, '')
}

/** The nearest of the seven, by hue; what has none is grey in the middle and ink at both ends, as the terminal follows the theme. */
export function nearestColour(red: number, green: number, blue: number): AnsiColour | undefined {
  const most = Math.max(red, green, blue)
  const least = Math.min(red, green, blue)
  if (most - least < 40) return most > 70 && most < 190 ? 'grey' : undefined
  const spread = most - least
  const sixth =
    most === red
      ? ((green - blue) / spread + 6) % 6
      : most === green
        ? (blue - red) / spread + 2
        : (red - green) / spread + 4
  const hue = sixth * 60
  if (hue < 25 || hue >= 335) return 'red'
  if (hue < 70) return 'yellow'
  if (hue < 160) return 'green'
  if (hue < 200) return 'cyan'
  if (hue < 260) return 'blue'
  return 'magenta'
}

const eight: readonly (AnsiColour | undefined)[] = [
  undefined,
  'red',
  'green',
  'yellow',
  'blue',
  'magenta',
  'cyan',
  undefined,
]

type Paint = { colour?: AnsiColour | undefined; bright: boolean; set: boolean }
const unset: Paint = { bright: false, set: false }

/** One of 256: the sixteen, the cube of 6×6×6, the ramp of greys. */
function paletteColour(at: number): Paint {
  if (at < 8) return { colour: eight[at], bright: false, set: true }
  if (at === 8) return { colour: 'grey', bright: false, set: true }
  if (at < 16) return { colour: eight[at - 8], bright: true, set: true }
  const level = (step: number) => (step === 0 ? 0 : 55 + step * 40)
  const cube = at - 16
  const ramp = 8 + (at - 232) * 10
  const colour =
    at >= 232
      ? nearestColour(ramp, ramp, ramp)
      : nearestColour(level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6))
  return { colour, bright: false, set: true }
}

/** What a colour sequence leaves switched on. */
class Style {
  fore = unset
  ground = unset
  readonly on = new Set<'bold' | 'dim' | 'italic' | 'underline' | 'struck' | 'inverse'>()

  apply(parameters: readonly number[]): void {
    for (let i = 0; i < parameters.length; i++) {
      const code = parameters[i] ?? 0
      if (code === 38 || code === 48) {
        const exact = parameters[i + 1] === 2
        const [red = 0, green = 0, blue = 0] = parameters.slice(i + 2)
        const paint = exact
          ? { colour: nearestColour(red, green, blue), bright: false, set: true }
          : paletteColour(parameters[i + 2] ?? 0)
        if (code === 38) this.fore = paint
        else this.ground = paint
        i += exact ? 4 : 2
      } else this.applyOne(code)
    }
  }

  private applyOne(code: number): void {
    const { on } = this
    if (code === 0) {
      on.clear()
      this.fore = unset
      this.ground = unset
    } else if (code === 1) on.add('bold')
    else if (code === 2) on.add('dim')
    else if (code === 3) on.add('italic')
    else if (code === 4 || code === 21) on.add('underline')
    else if (code === 7) on.add('inverse')
    else if (code === 9) on.add('struck')
    else if (code === 22) {
      on.delete('bold')
      on.delete('dim')
    } else if (code === 23) on.delete('italic')
    else if (code === 24) on.delete('underline')
    else if (code === 27) on.delete('inverse')
    else if (code === 29) on.delete('struck')
    else if (code >= 30 && code <= 37) this.fore = paletteColour(code - 30)
    else if (code === 39) this.fore = unset
    else if (code >= 40 && code <= 47) this.ground = paletteColour(code - 40)
    else if (code === 49) this.ground = unset
    else if (code >= 90 && code <= 97) this.fore = paletteColour(code - 82)
    else if (code >= 100 && code <= 107) this.ground = paletteColour(code - 92)
  }

  span(text: string): AnsiSpan {
    // A coloured ground is that colour swapped with the ground: that pair was measured, a free pair was not.
    const grounded = this.ground.colour !== undefined
    const colour = grounded ? this.ground.colour : this.fore.colour
    const span: AnsiSpan = { text }
    if (colour) span.colour = colour
    if (this.on.has('bold') || this.fore.bright) span.bold = true
    for (const name of ['dim', 'italic', 'underline', 'struck'] as const) if (this.on.has(name)) span[name] = true
    if (this.on.has('inverse') || grounded) span.inverse = true
    return span
  }
}

/** Runs of equal style, in order. Joining their texts gives what a person would read. */
export function ansiSpans(text: string): AnsiSpan[] {
  const style = new Style()
  const spans: AnsiSpan[] = []
  // The split alternates text and the parameters of a colour sequence.
  for (const [index, piece] of onlyColours(text)
    .split(/\x1b\[([0-9;]*)m/)
    .entries()) {
    if (index % 2 === 1) style.apply(piece.split(';').map(Number))
    else if (piece !== '') spans.push(style.span(piece))
  }
  return spans
}
