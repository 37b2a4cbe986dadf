// Ids this host gives out: 128 random bits behind a word, so that no restart can give one out twice (peer 1).
import { randomText } from '../../protocol/bytes.ts'

export const mintId = (prefix: string): string => `${prefix}_${randomText(16)}`
