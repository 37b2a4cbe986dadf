// The network's double between one client and the server: requests are real HTTP, and are lost, answered into the void, doubled or late as told.

export type Fault = 'losesMessage' | 'losesReply' | 'repeatsMessage' | 'delaysMessage'

export type Net = {
  readonly fetch: typeof fetch
  /** The next request that is no poll has it. */
  plan(fault: Fault): void
  cut(): void
  mend(): void
  readonly isCut: boolean
  /** Requests that were held back arrive now, whoever sent them. */
  release(): Promise<void>
  /** Nothing goes out any more, for good. */
  end(): void
}

/** `onAnswer` sees every answer that arrives: what was asked, and the answer's text. */
export function createNet(onAnswer: (asked: string, answer: string) => Promise<void> = async () => {}): Net {
  let isCut = false
  let isEnded = false
  let broken = new AbortController()
  const planned: Fault[] = []
  const late: (() => Promise<unknown>)[] = []
  const lost = () => new TypeError('fetch failed')

  async function ask(url: string, init: RequestInit): Promise<Response> {
    if (isCut || isEnded) throw lost()
    const asked = String(init.body ?? '')
    const fault = asked.includes('PollCommands') ? undefined : planned.shift()
    if (fault === 'losesMessage') throw lost()
    const { signal, ...plain } = init
    if (fault === 'delaysMessage') {
      late.push(() => fetch(url, plain).then((response) => response.text()))
      throw lost()
    }
    const ends = [broken.signal, ...(signal ? [signal] : [])]
    const response = await fetch(url, { ...plain, signal: AbortSignal.any(ends) }).catch((error: unknown) => {
      if (broken.signal.aborted) throw lost()
      throw error
    })
    const text = await response.text()
    if (fault === 'repeatsMessage')
      await fetch(url, plain).then(
        (again) => again.text(),
        () => '',
      )
    if (fault === 'losesReply' || isCut || isEnded) throw lost()
    await onAnswer(asked, text)
    return new Response(text, { status: response.status, headers: response.headers })
  }

  const breakAll = () => {
    broken.abort()
    broken = new AbortController()
  }
  return {
    fetch: (input, init = {}) => ask(String(input), init),
    plan: (fault) => void planned.push(fault),
    cut() {
      isCut = true
      breakAll()
    },
    mend() {
      isCut = false
      planned.length = 0
    },
    get isCut() {
      return isCut
    },
    async release() {
      for (const send of late.splice(0)) await send().catch(() => undefined)
    },
    end() {
      isEnded = true
      breakAll()
    },
  }
}
