// What the browser tells of the device it runs on: a first name for it, and whether it is an iPhone's browser (whose installed
// app has a storage of its own).

type Agent = { userAgent: string; maxTouchPoints: number; platform?: string }

const browserOf = (ua: string): string =>
  /Edg\//.test(ua)
    ? 'Edge'
    : /Firefox\/|FxiOS/.test(ua)
      ? 'Firefox'
      : /SamsungBrowser/.test(ua)
        ? 'Samsung Internet'
        : /Chrome\/|CriOS|HeadlessChrome/.test(ua)
          ? 'Chrome'
          : /Safari\//.test(ua)
            ? 'Safari'
            : 'Browser'

/** `iPhone`, `iPad`, `Pixel 8`, `Chrome on Linux`: a start that the person may change. */
export function suggestName({ userAgent, maxTouchPoints }: Agent): string {
  if (/iPhone/.test(userAgent)) return 'iPhone'
  // An iPad says it is a Mac; a Mac has no touch screen.
  if (/iPad/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1)) return 'iPad'
  const model = /Android [^;)]*; ([^;)]+)/
    .exec(userAgent)?.[1]
    ?.replace(/ Build.*$/, '')
    .trim()
  if (/Android/.test(userAgent)) return model && model !== 'K' ? model.slice(0, 40) : 'Android phone'
  const system = /Windows/.test(userAgent)
    ? 'Windows'
    : /Macintosh/.test(userAgent)
      ? 'Mac'
      : /CrOS/.test(userAgent)
        ? 'ChromeOS'
        : 'Linux'
  return `${browserOf(userAgent)} on ${system}`
}

const isApple = ({ userAgent, maxTouchPoints }: Agent): boolean =>
  /iPhone|iPad|iPod/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1)

/** Installed on a home screen and running from there. */
export const runsInstalled = (): boolean =>
  window.matchMedia('(display-mode: standalone)').matches ||
  ('standalone' in navigator && navigator.standalone === true)

/** Safari's own page on an iPhone or iPad: what is paired here is not paired in the installed app. */
export const isUninstalledApple = (): boolean => isApple(navigator) && !runsInstalled()
