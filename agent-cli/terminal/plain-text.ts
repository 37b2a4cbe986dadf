/** Transcript text made harmless for a terminal (T8): it can show characters, never move the cursor, colour or rename anything. */

const SEQUENCES =
  // CSI, OSC / DCS / APC / PM / SOS up to their end, and two-character escapes.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this removes
  /\u001b\[[0-?]*[ -/]*[@-~]|(?:\u001b[\]P_^X]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u0090\u0098\u009c-\u009f]*(?:\u0007|\u001b\\|\u009c)|\u009b[0-?]*[ -/]*[@-~]|\u001b[@-Z\\-_]/g

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this shows
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g
const UNSEEN = /[\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

/** Text for reading: escape sequences are dropped, other control and invisible characters become visible signs. Keeps "\n" and tabs. */
export function plain(text: string): string {
  return visible(text.replaceAll('\r\n', '\n').replaceAll(SEQUENCES, ''))
}

/** Text for deciding (commands, evidence): nothing is dropped, every control character is shown as a sign. */
export function visible(text: string): string {
  return text
    .replaceAll('\r\n', '␍\n')
    .replaceAll(CONTROLS, (sign) => picture(sign))
    .replaceAll(UNSEEN, (sign) => `⟨U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`)
}

function picture(sign: string): string {
  const code = sign.charCodeAt(0)
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  return code === 0x7f ? '␡' : `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`
}

/** The last `count` lines, with a line that says how many are not shown. */
export function lastLines(text: string, count: number): string {
  const all = text.replace(/\n+$/, '').split('\n')
  if (all.length <= count) return all.join('\n')
  return [`… ${all.length - count} earlier lines`, ...all.slice(-count)].join('\n')
}
