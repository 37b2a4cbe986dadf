// What every row of a transcript may ask of its session: names, folder, how to see a body and open a decision.
import { createContext, useContext } from 'react'

export type TranscriptContext = {
  sessionId: string
  hostName: string
  agentName: string
  cwd: string
  deviceId: string | null
  modeName(id: string): string
  openDecision(id: string): void
  /** Open decisions that stand under the transcript with their title and age: here they are said in one quiet line, or by their tool. */
  standsBelow: ReadonlySet<string>
  /** The prompt with these words is wanted again. */
  sendAgain(text: string): void
}

const Context = createContext<TranscriptContext | null>(null)
export const TranscriptProvider = Context

/** Throws outside the provider: a mistake of the programmer. */
export function useTranscript(): TranscriptContext {
  const value = useContext(Context)
  if (!value) throw new Error('TranscriptProvider is missing')
  return value
}
