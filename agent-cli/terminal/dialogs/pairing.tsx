/** The key press that lets a device in (A3): the name it gave, the match code, y or n. */
import { Box, Text } from 'ink'
import type { OpenPairing, PairingView } from '../../bridge/contract.ts'
import { plain } from '../plain-text.ts'
import { useKeys } from '../use-keys.ts'
import { useInertStart } from './choice-list.tsx'

export function PairingDialog({
  pairing,
  view,
  isActive,
  onProblem,
}: {
  pairing: OpenPairing
  view: PairingView
  isActive: boolean
  onProblem(sentence: string): void
}) {
  const isLive = useInertStart()
  const fail = (error: unknown) => onProblem(error instanceof Error ? error.message : String(error))
  useKeys(
    (input, key) => {
      if (!isLive || key.ctrl || key.meta) return
      if (input === 'y') pairing.confirm().catch(fail)
      if (input === 'n') pairing.refuse().catch(fail)
    },
    { isActive },
  )
  const code = view.matchCode ?? ''
  return (
    <Box flexDirection="column" borderStyle="round" borderColor="yellow" paddingX={1}>
      <Text>
        Pair “{plain(view.joinerName ?? 'a device')}”?{'   '}
        <Text bold>{`${code.slice(0, 3)} ${code.slice(3)}`}</Text>
      </Text>
      <Text>
        Same code on its screen: press{' '}
        <Text color="green" bold>
          y
        </Text>
        {'   '}Other:{' '}
        <Text color="red" bold>
          n
        </Text>
      </Text>
      {view.readTheQr ? null : <Text dimColor>It typed the code and has not seen the QR. Compare with care.</Text>}
    </Box>
  )
}
