/** The data folder, made when it is missing and private to this person. */
import { accessSync, constants, mkdirSync } from 'node:fs'
import { type Places, places } from '../journal/places.ts'
import { Mistake } from './mistake.ts'

/** Throws Mistake when the folder cannot be made, read or written. */
export async function openPlaces(): Promise<Places> {
  const found = places()
  try {
    mkdirSync(found.data, { recursive: true, mode: 0o700 })
    accessSync(found.data, constants.R_OK | constants.W_OK | constants.X_OK)
    return found
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error'
    throw new Mistake(
      `Offdesk cannot use its data folder ${found.data} (${code}). Make it readable and writable for you, or set OFFDESK_DATA_DIR to another folder.`,
    )
  }
}
