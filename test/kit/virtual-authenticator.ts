/** Chromium's own virtual authenticator, plugged into one page: a phone's fingerprint, or a token that anybody can touch. Knows no screen. */
import type { Page } from 'playwright-core'

export type VirtualAuthenticator = {
  /** Whether the finger that comes next is the owner's. */
  recognises(isOwner: boolean): Promise<void>
  /** How many passkeys it holds. */
  count(): Promise<number>
  /** Takes it out: what follows meets a browser without one. */
  close(): Promise<void>
}

/** `verifies`: it can tell its owner from others at all. */
export async function plugIn(page: Page, { verifies = true } = {}): Promise<VirtualAuthenticator> {
  const devTools = await page.context().newCDPSession(page)
  await devTools.send('WebAuthn.enable')
  const { authenticatorId } = await devTools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true, automaticPresenceSimulation: true },
      ...{ hasUserVerification: verifies, isUserVerified: verifies },
    },
  })
  return {
    recognises: async (isUserVerified) => {
      await devTools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified })
    },
    count: async () => (await devTools.send('WebAuthn.getCredentials', { authenticatorId })).credentials.length,
    close: async () => {
      await devTools.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId })
    },
  }
}
