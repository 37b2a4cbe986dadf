/** The QR and the code of an open pairing, small enough for an 80×24 terminal (A2). */
import { Box, Text } from 'ink'
import { renderUnicodeCompact } from 'uqr'
import type { OpenPairing } from '../bridge/contract.ts'
import { plain } from './plain-text.ts'
import { clock } from './words.ts'

/** Half-block rows; error correction L and one quiet module keep a pairing link within 21 rows. */
export const qrText = (link: string): string => renderUnicodeCompact(link, { ecc: 'L', border: 1 })

/** Rows from which the address has room beside symbol, code and prompt. */
export const ROOMY_ROWS = 28

type QrProps = { pairing: OpenPairing | null; address: string | null; problem: string | null; rows: number }

export function Qr({ pairing, address, problem, rows }: QrProps) {
  if (problem) return <Text color="yellow">{plain(problem)}</Text>
  if (!pairing) return <Text dimColor>Asking the server for a code …</Text>
  const isRoomy = rows >= ROOMY_ROWS || pairing.link === null
  return (
    <Box flexDirection="column">
      {pairing.link ? <Text>{qrText(pairing.link)}</Text> : null}
      {address && isRoomy ? <Text>Session {address}</Text> : null}
      {pairing.link ? null : <Text>Pair a browser on this machine {pairing.localLink}</Text>}
      <Text wrap="truncate-end">
        Code <Text bold>{`${pairing.code.slice(0, 4)} ${pairing.code.slice(4)}`}</Text>
        <Text dimColor> valid until {clock(pairing.expiresAt)}, works once. Ctrl+E hides this.</Text>
      </Text>
      {pairing.linkHelp ? <Text dimColor>{pairing.linkHelp}</Text> : null}
    </Box>
  )
}
