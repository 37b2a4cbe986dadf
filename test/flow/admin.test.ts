/** docs/admin.md, run as it stands from the first block to the last: only the address is put in. */
import { readFileSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { createOidcProvider, operatorsFile } from '../kit/oidc-provider.ts'
import { sessionOf } from './house.ts'
import { COMMAND, follow, machine } from './machine.ts'

const blocks = [...readFileSync('docs/admin.md', 'utf8').matchAll(/```sh\n([\s\S]*?)```/g)].map(
  (match) => match[1] ?? '',
)

test('[F6] an enterprise is set up, governed, rolled back and audited with curl, as the page says', async () => {
  const provider = await createOidcProvider()
  onTestFinished(() => provider.close())
  const file = await operatorsFile({ [provider.issuer]: { isPrivate: true } })
  onTestFinished(() => file.remove())
  const at = await (await machine({ OFFDESK_DEVELOPMENT: '', OFFDESK_OIDC_FILE: file.path })).seeded()
  const demo = at.starts(['start', '--allow', 'full'])
  const id = await sessionOf(demo)
  const api = `${at.server().url}/graphql`
  const folder = at.env.OFFDESK_DATA_DIR ?? ''
  const script = [
    `set -e\noffdesk() { '${process.execPath}' '${COMMAND}' "$@"; }\ncd '${folder}'`,
    'offdesk devices add-script lost --allow view > /dev/null 2>&1',
    ...blocks.map((block) =>
      block.replace('http://127.0.0.1:4747/graphql', api).replace('https://login.acme.example', provider.issuer),
    ),
  ].join('\n')
  const running = follow(['-c', script], at.env, 'bash', [])
  const code = await running.exited
  const { stdout, stderr } = running.streams
  expect([code, stderr.replace(/^.*(token|key|Key).*$/gm, '').trim()], stdout).toEqual([0, ''])
  expect(stdout).not.toContain('"errors"')
  for (const said of [
    '"validatePolicy":[]',
    '"setting":"remoteControl","before":"VIEW_AND_CONTROL","after":"VIEW"',
    `"id":"${id}"`,
    '"name":"remoteControl","value":"VIEW","level":"enterprise","owner":"the admins of the enterprise Acme"',
    '"rollBackPolicy":{"version":3,"document":{"remoteControl":"VIEW"}}',
    '"disableRemoteControl":{"version":2,"document":{"remoteControl":"DISABLED"}}',
    '"revokeMemberDevice":{"name":"lost","revokedAt":"2',
    '"action":"device.revoke"',
    '"handle":"acme","signInPath":"/sign-in?with=acme"',
    '"clientAuthentication":"PUBLIC","createsPersons":true',
    `"issuer":"${provider.issuer}","clientId":"offdesk"`,
    '"removeOidcConnection":"org_',
  ])
    expect(stdout).toContain(said)
  expect(stdout).toMatch(/\d+ entries verify\. The last one is \d+:[0-9a-f]{64}/)
})
