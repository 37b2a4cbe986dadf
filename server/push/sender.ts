/** Sends one notice to one subscription (RFC 8030, 8291, 8292) and says what the push service answered. Knows no decision. */
import webpush from 'web-push'
import type { EndpointRule, PushSubscription } from './endpoint.ts'
import { type Notice, noticeBytes } from './notice.ts'
import { type Answered, callOut } from './outbound.ts'
import type { VapidKeys } from './vapid.ts'

export type Delivery = {
  delivered: boolean
  statusCode: number | null
  detail: string
  /** The subscription is no more: forget it. */
  isGone: boolean
}

export type SenderOptions = EndpointRule & {
  keys: VapidKeys
  /** Who push services may write to: an https address or mailto. */
  subject: string
  /** Certificate authority of a test's own push service. */
  ca?: string
}

const SEND_MILLISECONDS = 15_000

/** What came too late is worse than nothing: an open decision keeps for a day, the end of a turn for an hour. */
const TTL_SECONDS = { DECISION_OPENED: 86_400, DECISION_SETTLED: 86_400, TURN_ENDED: 3600, TEST: 60 } as const
const URGENCY = { DECISION_OPENED: 'high', DECISION_SETTLED: 'normal', TURN_ENDED: 'normal', TEST: 'high' } as const

export type Send = (to: PushSubscription, notice: Notice, signal: AbortSignal) => Promise<Delivery>

/** Never throws: a push service that is away, or an answer that is strange, is a delivery that did not happen. */
export const createSend =
  ({ keys, subject, allowLoopback, ca }: SenderOptions): Send =>
  async (to, notice, signal) => {
    try {
      const details = webpush.generateRequestDetails(
        { endpoint: to.endpoint, keys: { p256dh: to.p256dh, auth: to.auth } },
        noticeBytes(notice),
        {
          vapidDetails: { subject, ...keys },
          contentEncoding: 'aes128gcm',
          TTL: TTL_SECONDS[notice.kind],
          urgency: URGENCY[notice.kind],
          topic: topicOf(notice.tag),
        },
      )
      return delivery(
        await callOut({
          ...{ url: details.endpoint, headers: details.headers, body: details.body, allowLoopback },
          ...{ milliseconds: SEND_MILLISECONDS, signal, ...(ca && { ca }) },
        }),
      )
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error)
      return {
        delivered: false,
        statusCode: null,
        detail: `The push service was not reached: ${detail}`,
        isGone: false,
      }
    }
  }

/** At most 32 base64url characters: while the phone is away, a newer notice takes the place of the older one. */
const topicOf = (tag: string): string => tag.replace(/[^A-Za-z0-9_-]/g, '').slice(0, 32)

function delivery({ status, text }: Answered): Delivery {
  const delivered = status >= 200 && status < 300
  const isGone = status === 404 || status === 410
  const words = delivered
    ? 'The push service took it.'
    : isGone
      ? 'The push service says this subscription has ended; subscribe again.'
      : `The push service answered ${status}${text ? `: ${text}` : ''}.`
  return { delivered, statusCode: status, detail: words, isGone }
}
