/** What rings for which rows (L1). Topics carry no data: whoever is woken returns to the store with a cursor of its own. */

export type Topic = `session:${string}` | `owner:${string}` | `host:${string}` | `looking:${string}` | 'trust'

/** Events and commands of one session. */
export const sessionTopic = (sessionId: string): Topic => `session:${sessionId}`
/** The lists of one owner: sessions, decisions, hosts, devices. */
export const ownerTopic = (ownerId: string): Topic => `owner:${ownerId}`
/** Commands for one host. */
export const hostTopic = (hostId: string): Topic => `host:${hostId}`
/** Whether one device may look, where nothing has changed but the time. */
export const lookingTopic = (deviceId: string): Topic => `looking:${deviceId}`
/** Revocations and policies, whoever they concern. */
export const trustTopic: Topic = 'trust'

/** Store functions that write are given one; it is rung after the commit and not at all when there is none (L2). */
export type Ring = (...topics: Topic[]) => void
