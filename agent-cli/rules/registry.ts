// What `reg query <key>` prints, as values by their names. Pure.
import { RuleFileError } from './rule-file.ts'

const value = /^ {4}(\S(?:.*?\S)?) {4}(REG_[A-Z_]+)(?: {4}(.*))?$/

/**
 * The values of the key itself, none of those below it: REG_SZ a text, REG_DWORD 0 or 1 a truth value (others a number), REG_MULTI_SZ a list.
 * Throws RuleFileError for a value of another kind.
 */
export function readRegistry(printed: string, key: string): Record<string, unknown> {
  const entries: [string, unknown][] = []
  let isHere = false
  for (const line of printed.split(/\r?\n/)) {
    if (line.startsWith('HKEY_')) {
      isHere = line.trim().toLowerCase() === key.toLowerCase()
      continue
    }
    if (!isHere || line.trim() === '') continue
    const [, name, kind, data = ''] = value.exec(line) ?? []
    if (name === undefined || kind === undefined) throw new RuleFileError('the registry says what is no value')
    entries.push([name, meant(kind, data)])
  }
  return Object.fromEntries(entries)
}

function meant(kind: string, data: string): unknown {
  if (kind === 'REG_SZ' || kind === 'REG_EXPAND_SZ') return data
  if (kind === 'REG_MULTI_SZ') return data.split('\\0').filter((one) => one !== '')
  if (kind === 'REG_DWORD' && /^0x[0-9a-f]{1,8}$/i.test(data)) {
    const number = Number.parseInt(data, 16)
    return number === 0 ? false : number === 1 ? true : number
  }
  throw new RuleFileError(
    `the registry holds a ${/^REG_[A-Z_]{1,20}$/.test(kind) ? kind : 'value'} that is not read here`,
  )
}
