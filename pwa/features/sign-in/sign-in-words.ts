// What is said when a sign-in does not happen, and what a link is for. Pure.
import type { Problem } from '../../graphql/problem.ts'
import type { OpenedInvitation } from './documents.ts'

export type FailureWords = {
  title: string
  detail: string /** Whether the same may be tried again here. */
  again: boolean
}

const said = (problem: Problem): string => [problem.message, problem.remedy].filter(Boolean).join(' ')

export function signInFailure(problem: Problem): FailureWords {
  const detail = said(problem)
  switch (problem.code) {
    case 'PASSKEY_CANCELLED':
      return { title: 'The passkey was not confirmed', detail: 'Nobody was signed in. Try again.', again: true }
    case 'PASSKEY_WRONG':
      return { title: 'This passkey opens nothing here', detail, again: true }
    case 'CODE_WRONG':
      return { title: 'This link is not good any more', detail, again: false }
    case 'REGISTRATION_CLOSED':
      return { title: 'This server has an owner', detail, again: false }
    case 'RATE_LIMITED': {
      const wait = problem.retryAfterSeconds
      return {
        title: wait === undefined ? 'Too many tries' : `Too many tries. Try again in ${wait} s`,
        detail: 'The server takes none for a while, so that nobody can guess.',
        again: true,
      }
    }
    case 'OFFLINE':
      return { title: 'The server gave no answer', detail: 'Check the network of this device.', again: true }
    case 'NOT_FOUND':
      // The refusal's remedy is for who asked with a list; here a name was typed.
      return {
        title: 'Nobody signs in under this name',
        detail: `${problem.message} Look at how its short name is written, or ask whoever runs it.`,
        again: true,
      }
    case 'SIGN_IN_STATE':
      return { title: 'Begin again', detail, again: false }
    case 'SIGN_IN_PERSON':
      return { title: 'You are not known here', detail, again: false }
    default:
      return { title: 'The sign-in was refused', detail, again: true }
  }
}

/** What the link is for: its heading, and the one sentence under it. */
export function invitationWords(opened: OpenedInvitation): { title: string; text: string } {
  switch (opened.kind) {
    case 'OWNER':
      return {
        title: 'This server is yours',
        text: 'The passkey that you make now owns it. The link is used up with it, and nobody else can register unless you invite them.',
      }
    case 'PERSON':
      return {
        title: opened.organisationName === null ? 'You are invited' : `You are invited to ${opened.organisationName}`,
        text: `${opened.invitedBy} made this link. With a passkey you come in; your sessions are yours alone.`,
      }
    case 'PASSKEY':
      return {
        title: 'A passkey to sign in with',
        text: `For ${opened.userName}. With it you sign in from any browser, without a workstation at hand.`,
      }
  }
}
