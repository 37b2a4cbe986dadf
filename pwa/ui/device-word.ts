// What this device is called on its own screen. Read from the browser alone; knows no pairing.

export type DeviceWord = 'phone' | 'tablet' | 'computer'
type Agent = Pick<Navigator, 'userAgent' | 'maxTouchPoints'>

/** `phone`, `tablet` or `computer`: follows "this" in every sentence about the device at hand. */
export function deviceWord(agent: Agent | undefined = globalThis.navigator): DeviceWord {
  if (!agent) return 'computer'
  const { userAgent, maxTouchPoints } = agent
  if (/iPhone|iPod|Android.*Mobile/.test(userAgent)) return 'phone'
  // An iPad says it is a Mac; a Mac has no touch screen.
  if (/iPad|Android/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1)) return 'tablet'
  return 'computer'
}

/** A device's kind by the name it was paired under: the name begins as the browser's own words (`Pixel 8`, `Chrome on Linux`). */
export const isComputerName = (name: string): boolean =>
  /\bon (Linux|Windows|Mac|macOS|ChromeOS)\b|\b(laptop|desktop|computer|workstation|macbook|thinkpad|pc)\b/i.test(name)
