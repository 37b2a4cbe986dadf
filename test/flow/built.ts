/** Before the flow tests: the command they start is built from the sources as they are. */
// @ts-expect-error plain JavaScript, run before any package is there
import { buildIfStale } from '../../agent-cli/launch/ready.mjs'

export default (): void => buildIfStale()
