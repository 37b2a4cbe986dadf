/** Four commands with the digest of their bytes and a signature over them, worked out with Python and openssl; docs/protocol.md §4.1 has the same. */
import type { SignedCommand } from '../../protocol/command.ts'
import type { CommandContent } from '../../protocol/command-content.ts'
import { JOINER, OPENER } from './vectors.ts'

const key = 'key-0000000000000001'
export const IDS = { key, cmd: 'cmd_meZNuRhs1PZib3N03iYeUU', prm: 'prm_ef9DrVg2IP3sbcISi2Xec-' }
const EVIDENCE = '17f69ae2697b61fda85f4efef12aad45a1bb7dda951b5dacf0132eb76e0807be'

const command = (content: CommandContent, epoch: number | null): SignedCommand => ({
  ...{ hostId: OPENER.hostId, sessionId: 'ses_AAAAAAAAAAAAAAAAAAAAAA', deviceId: JOINER.deviceId, key },
  ...{ counter: 7, madeAtMs: 1_700_000_000_000, content, passkeyId: null },
  decision: epoch === null ? null : { id: 'dec_BBBBBBBBBBBBBBBBBBBBBB', epoch, evidenceDigest: EVIDENCE },
})

const picture = {
  digest: '92b2fa58028958317e408bd84ecfa70f5ee35b121991dbc232c49d166353708b',
  ...{ mediaType: 'image/png', name: 'a.png', size: 9 },
}
const prompt = { text: 'Räum auf\n“jetzt”', attachments: [picture], delivery: 'AFTER_TURN' }

/** Of the joiner's key, whose private half is the number 2. */
export const COMMANDS = [
  {
    command: command({ kind: 'SendPrompt', ...prompt, modeId: null, modeName: null }, null),
    digest: 'f8fdd83ffcdf75f2c36c12c026737ae21e8be22264e39891ceb6b9879bb13aeb',
    signature: 'A2fgC8xsK-O6hg89jv-zzHJ6uwzCP8axA27QVZWfC6at4jvpf6MBRc7PceD0pFT-Rj75VbS01_h7eRLjjefBUA',
  },
  {
    command: command({ kind: 'AnswerPermission', optionId: 'once', optionName: 'Allow once', reason: null }, 1),
    digest: 'b89fde7eec8b63295e0e0630bc6eac36a74a93516832d36ccb7b0737533fde8d',
    signature: 'XzBryaS6HtWnMydAfkJHnWaAAfnmPG-xLvdB85FrzwbJ6vNSfdveqpG2ZhoqE95rdo7OTUqqIF37DikYO8axxQ',
  },
  {
    command: command(
      {
        ...{ kind: 'AnswerQuestion', accepted: true, reason: null },
        values: [
          { name: 'rate', value: 0.15 },
          { name: 'sure', value: true },
          { name: 'which', value: ['a', 'b'] },
          { name: 'why', value: '' },
        ],
      },
      2,
    ),
    digest: 'de94e6893e3cd4027c2ceb33efd51b55bf35d9abe429bb1efa3be158daea5a84',
    signature: '_sXGfeachfLc3EHKq3ApInrtQJQIIic0hVwEdgVKtFCIF3SeLmVgfJ9I4okFCfDno_uGQzWDsG-zqNnkB6FJDw',
  },
  {
    command: command({ kind: 'CancelTurn', turnId: null }, null),
    digest: '0d73be0d07faead2cf171623f2d01809d4cbfa996e6c221bbaabccfd7f9ae3a1',
    signature: '4-rC5MpghDZuzLdqiMftA-aV6Raqkz3JaNGL1MEArClcmTZTz35_CLic1I7-NYqUI9hUr41z2kDCouj84Y_COw',
  },
]
