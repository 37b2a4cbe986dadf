/** Secrets as their makers make them, none of them real: for tests that plant some and look for them afterwards. Written in parts, so that this file holds none. */
import { createHmac, generateKeyPairSync } from 'node:crypto'

export type Planted = { what: string; text: string; secret: string }

/** The same seed makes the same secrets. `text` is what is said, `secret` the part that must not arrive. */
export function planted(count: number, seed = 'offdesk'): Planted[] {
  const bytes = (at: string, length: number): Buffer => {
    const parts: Buffer[] = []
    for (let n = 0; parts.length * 32 < length; n += 1)
      parts.push(createHmac('sha256', seed).update(`${at}/${n}`).digest())
    return Buffer.concat(parts).subarray(0, length)
  }
  const signs = (at: string, length: number, set: string) =>
    [...bytes(at, length)].map((byte) => set[byte % set.length]).join('')
  const lower = 'abcdefghijklmnopqrstuvwxyz'
  const digits = '0123456789'
  const alnum = lower + lower.toUpperCase() + digits
  const url = `${alnum}-_`
  const json = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().trim()
  const kinds: readonly ((at: string) => Omit<Planted, 'text'> & { text?: string })[] = [
    (at) => ({ what: 'AWS access key', secret: `AK${'IA'}${signs(at, 16, lower.toUpperCase() + digits)}` }),
    (at) => {
      const secret = signs(at, 40, `${alnum}+/`)
      return { what: 'AWS secret key', secret, text: `aws_secret_${'access_key'} = ${secret}` }
    },
    (at) => ({ what: 'GitHub token', secret: `gh${'p_'}${signs(at, 36, alnum)}` }),
    (at) => ({ what: 'GitHub token', secret: `github${'_pat_'}${signs(at, 22, alnum)}_${signs(`${at}x`, 59, alnum)}` }),
    (at) => ({ what: 'GitLab token', secret: `gl${'pat-'}${signs(at, 20, url)}` }),
    (at) => ({
      what: 'Slack token',
      secret: `xo${'xb-'}${signs(at, 12, digits)}-${signs(`${at}x`, 12, digits)}-${signs(`${at}y`, 24, alnum)}`,
    }),
    (at) => ({ what: 'Stripe key', secret: `sk_${'live_'}${signs(at, 24, alnum)}` }),
    (at) => ({ what: 'OpenAI key', secret: `sk-${'proj-'}${signs(at, 74, url)}T3BlbkFJ${signs(`${at}x`, 74, url)}` }),
    (at) => ({ what: 'API key', secret: `s${'k-'}${signs(at, 48, alnum)}` }),
    (at) => ({ what: 'Anthropic key', secret: `sk-${'ant-'}api03-${signs(at, 93, url)}AA` }),
    (at) => ({ what: 'npm token', secret: `np${'m_'}${signs(at, 36, alnum)}` }),
    (at) => ({ what: 'PyPI token', secret: `pypi-${'AgE'}IcHlwaS5vcmc${signs(at, 150, url)}` }),
    (at) => ({
      what: 'JSON web token',
      secret: `${json({ alg: 'HS256', typ: 'JWT' })}.${json({ sub: at })}.${signs(at, 43, url)}`,
    }),
    (at) => ({ what: 'private key', secret: pem.replace(/\n[A-Za-z0-9+/]{64}\n/, `\n${signs(at, 64, alnum)}\n`) }),
    (at) => {
      const secret = signs(at, 20, alnum)
      return { what: 'password in an address', secret, text: `postgres://shop:${secret}@db.example:5432/shop` }
    },
    (at) => ({ what: 'Offdesk token', secret: `od${'d_'}${bytes(at, 32).toString('base64url')}` }),
  ]
  return Array.from({ length: count }, (_, index) => {
    const made = kinds[index % kinds.length]?.(`${index}`)
    if (made === undefined) throw new Error('there is no such kind')
    return { text: made.secret, ...made }
  })
}
