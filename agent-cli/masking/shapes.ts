// Secrets whose shape is known: the literal each begins with, and how far it goes from there. Pure. Every shape reads forward from its literal and
// never again what it has read, so that a text takes time linear in its length, whoever wrote it.

/** `end` is where reading goes on, beyond the literal. `from` is where the secret begins; null when this was none. */
export type Found = { readonly from: number | null; readonly end: number }

export type Shape = {
  readonly name: string
  readonly literals: readonly string[]
  /** `at` is where the literal stands, `literal` which one it is. */
  readonly read: (text: string, at: number, literal: string) => Found
  /** Whether what begins here could go on beyond the end of the text; left out: as long as no white space has ended it. */
  readonly goesOn?: (text: string, at: number, literal: string) => boolean
}

const is = (set: string): ReadonlySet<string> => new Set(set)
const digits = '0123456789'
const lowers = 'abcdefghijklmnopqrstuvwxyz'
const uppers = lowers.toUpperCase()
const alnum = is(digits + lowers + uppers)
const word = is(`${digits + lowers + uppers}_`)
const dashed = is(`${digits + lowers + uppers}_-`)
const base64 = is(`${digits + lowers + uppers}+/=`)
const upperDigits = is(digits + uppers)

/** The longest secret of one run; what is longer is cut there and begins anew. */
const longest = 8192

function runEnd(text: string, at: number, set: ReadonlySet<string>, most = longest): number {
  let end = at
  while (end < text.length && end - at < most && set.has(text[end] ?? '')) end += 1
  return end
}

/** What stands before may end a word of its own: an escape in JSON or a shell, a code of a terminal, a percent sign's two digits. */
function begins(text: string, at: number, set: ReadonlySet<string>): boolean {
  if (at === 0 || !set.has(text[at - 1] ?? '')) return true
  return /(?:\\[nrtbf]|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|%[0-9a-fA-F]{2}|\[[0-9;]{0,10}m)$/.test(
    text.slice(Math.max(0, at - 14), at),
  )
}

type Run = {
  readonly set: ReadonlySet<string>
  readonly least: number
  readonly most?: number
  /** It begins a word: its literal could stand inside one. */
  readonly isWord?: boolean
  /** Letters and figures are mixed, as chance mixes them. */
  readonly isMixed?: boolean
}

/** A literal and a run of signs behind it. Fewer than `least` give too little away to be one. */
const run = (
  name: string,
  literals: readonly string[],
  { set, least, most, isWord = false, isMixed = false }: Run,
): Shape => ({
  name,
  literals,
  read(text, at, literal) {
    const start = at + literal.length
    if (isWord && !begins(text, at, set)) return { from: null, end: start }
    const end = runEnd(text, start, set, most)
    const body = text.slice(start, end)
    const isOne = body.length >= least && (!isMixed || (/\d/.test(body) && /[a-z]/.test(body) && /[A-Z]/.test(body)))
    // What was read and is none holds no other of this kind that would end elsewhere.
    return { from: isOne ? at : null, end: isOne ? end : start }
  },
})

const awsKey: Shape = {
  name: 'AWS access key',
  literals: ['AKIA', 'ASIA', 'ABIA', 'ACCA'],
  read(text, at) {
    const end = runEnd(text, at, upperDigits, 21)
    const isOne = end - at === 20 && !alnum.has(text[end] ?? '') && begins(text, at, alnum)
    return { from: isOne ? at : null, end: isOne ? end : at + 4 }
  },
}

const separators = is(' \t"\'=:\\,>')

/** It has no shape of its own but forty signs behind its name. */
const awsSecret: Shape = {
  name: 'AWS secret key',
  literals: [
    'secret_access_key',
    'SECRET_ACCESS_KEY',
    'SecretAccessKey',
    'secretAccessKey',
    'aws_secret_key',
    'AWS_SECRET_KEY',
  ],
  read(text, at, literal) {
    const start = runEnd(text, at + literal.length, separators, 12)
    const end = runEnd(text, start, is(`${digits + lowers + uppers}+/`), 41)
    const isOne = end - start >= 20 && end - start <= 40
    return { from: isOne ? start : null, end: isOne ? end : at + literal.length }
  },
  goesOn: (text, at, literal) => {
    const start = runEnd(text, at + literal.length, separators, 12)
    return runEnd(text, start, is(`${digits + lowers + uppers}+/`), 41) >= text.length
  },
}

const jwt: Shape = {
  name: 'JSON web token',
  literals: ['eyJ'],
  read(text, at) {
    const head = runEnd(text, at, dashed)
    if (head - at < 10 || text[head] !== '.') return { from: null, end: Math.max(head, at + 3) }
    const body = runEnd(text, head + 1, dashed, 65_536)
    // The signature is what makes it one; cut off behind its claims it is one all the same.
    if (body - head < 11) return { from: null, end: body }
    return { from: at, end: text[body] === '.' ? runEnd(text, body + 1, dashed) : body }
  },
}

const longestKey = 65_536
/** The first line of a key, or of what is said about it; line ends as they are, or as JSON writes them. */
const holdsKey = /^[\s\\nrt"'+,]{0,40}(?:[A-Za-z0-9+/=]{16}|[A-Z][A-Za-z]{2,12}(?:-[A-Z][A-Za-z]{2,12})?: )/
const privateKey: Shape = {
  name: 'private key',
  literals: ['-----BEGIN '],
  read(text, at, literal) {
    const label = runEnd(text, at + literal.length, is(`${uppers + digits} `), 40)
    const title = text.slice(at + literal.length, label)
    if (!/PRIVATE KEY(?: BLOCK)?$/.test(title) || !text.startsWith('-----', label))
      return { from: null, end: at + literal.length }
    const start = label + 5
    if (!holdsKey.test(text.slice(start, start + 100))) return { from: null, end: start }
    const closing = `-----END ${title}-----`
    // Looked for no further than a key goes: a text of beginnings without an end is read once.
    const part = text.slice(start, start + longestKey)
    const next = part.indexOf('-----')
    if (next >= 0 && part.startsWith(closing, next)) return { from: at, end: start + next + closing.length }
    return { from: at, end: next >= 0 ? start + next : start + part.length }
  },
  goesOn: (text, at, literal) => {
    const { from, end } = privateKey.read(text, at, literal)
    return from === null
      ? /^[A-Z0-9 ]{0,40}(?:-{0,5}|-----[\s\\nrt"'+,]{0,40}[\w+/=-]{0,25})$/.test(text.slice(at + literal.length))
      : end >= text.length
  },
}

const scheme = is(`${digits + lowers + uppers}+.-`)
const inUser = (sign: string): boolean => !/[\s:@/?#"'`<>\\]/.test(sign)
const inPassword = (sign: string): boolean => !/[\s@/?#"'`<>\\]/.test(sign)

/** `scheme://user:password@host`: only the password goes. */
const connection: Shape = {
  name: 'password in an address',
  literals: ['://'],
  read(text, at) {
    const none = { from: null, end: at + 3 }
    if (at > 0 && !scheme.has(text[at - 1] ?? '')) return none
    const user = while_(text, at + 3, inUser)
    if (text[user] !== ':') return none
    const password = while_(text, user + 1, inPassword)
    const said = text.slice(user + 1, password)
    // A place to be filled in is no secret.
    if (text[password] !== '@' || said === '' || /^(?:[$%{*[(]|x+$|\.+$|password$|pass$|…)/i.test(said)) return none
    return { from: user + 1, end: password }
  },
  goesOn: (text, at) => while_(text, while_(text, at + 3, inUser) + 1, inPassword) >= text.length,
}

function while_(text: string, at: number, holds: (sign: string) => boolean): number {
  let end = at
  while (end < text.length && end - at < 256 && holds(text[end] ?? '')) end += 1
  return end
}

const slackHook: Shape = {
  name: 'Slack webhook',
  literals: ['hooks.slack.com/'],
  read(text, at, literal) {
    const end = runEnd(text, at + literal.length, is(`${digits + lowers + uppers}/_`), 120)
    const isOne = /^(?:services|workflows|triggers)\/.{16,}/.test(text.slice(at + literal.length, end))
    return { from: isOne ? at + literal.length : null, end: isOne ? end : at + literal.length }
  },
}

export const shapes: readonly Shape[] = [
  awsKey,
  awsSecret,
  run('GitHub token', ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'], { set: alnum, least: 16 }),
  run('GitHub token', ['github_pat_'], { set: word, least: 16 }),
  run(
    'GitLab token',
    ['glpat-', 'gldt-', 'glrt-', 'glptt-', 'glcbt-', 'glsoat-', 'glft-', 'glagent-', 'gloas-', 'glimt-'],
    {
      ...{ set: dashed, least: 12, isWord: true },
    },
  ),
  run(
    'Slack token',
    ['xoxb-', 'xoxp-', 'xoxa-', 'xoxr-', 'xoxs-', 'xoxo-', 'xoxe-', 'xoxe.xoxb-', 'xoxe.xoxp-', 'xapp-'],
    {
      ...{ set: dashed, least: 10 },
    },
  ),
  slackHook,
  run('Stripe key', ['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_'], { set: alnum, least: 10 }),
  run('Stripe secret', ['whsec_'], { set: base64, least: 16 }),
  run('Anthropic key', ['sk-ant-'], { set: dashed, least: 12 }),
  run('OpenAI key', ['sk-proj-', 'sk-svcacct-', 'sk-admin-', 'sk-None-'], { set: dashed, least: 16, isWord: true }),
  run('API key', ['sk-or-v1-', 'sk-'], { set: alnum, least: 20, isWord: true }),
  run('npm token', ['npm_'], { set: alnum, least: 20, isWord: true }),
  run('PyPI token', ['pypi-AgE'], { set: dashed, least: 12 }),
  run('Google key', ['AIza'], { set: dashed, least: 30, most: 40, isWord: true }),
  run('Hugging Face token', ['hf_'], { set: alnum, least: 20, isWord: true, isMixed: true }),
  run('Offdesk token', ['odh_', 'ods_', 'odd_', 'odp_', 'oda_'], {
    set: dashed,
    least: 20,
    isWord: true,
    isMixed: true,
  }),
  jwt,
  privateKey,
  connection,
]
