// What is said when a pairing does not happen: what happened, what it means, what to do. One sentence each.
import type { PairingPurpose } from '../../../protocol/pairing.ts'
import { deviceWord } from '../../ui/device-word.ts'
import type { Failure } from './handshake.ts'

export type Words = { title: string; detail: string; again: 'retry' | 'code' | 'stop' }

/** Where another code comes from, and what did not happen. */
const about: Record<PairingPurpose, { newCode: string; nothing: string }> = {
  PAIR_DEVICE: { newCode: 'Press Ctrl+E at the terminal to see a new code.', nothing: 'Nothing was paired.' },
  ENROL_HOST: {
    newCode: 'Run “offdesk login” on the new machine again for another code.',
    nothing: 'The machine was not let in.',
  },
}

const ofCode = (
  code: string,
  message: string,
  retryAfterSeconds: number | undefined,
  { newCode }: { newCode: string },
): Words => {
  switch (code) {
    case 'CODE_WRONG':
      return {
        title: 'No workstation shows this code',
        detail: `Compare it with the terminal sign by sign. A code works once and for 5 minutes. ${newCode}`,
        again: 'code',
      }
    case 'PAIRING_TAKEN':
      return {
        title: 'This code was already used',
        detail: `Another device was first. If it was not yours, press n at the terminal. ${newCode}`,
        again: 'code',
      }
    case 'PAIRING_EXPIRED':
      return { title: 'This code is too old', detail: `Codes are valid for 5 minutes. ${newCode}`, again: 'code' }
    case 'RATE_LIMITED':
      return {
        title:
          retryAfterSeconds === undefined
            ? 'Too many wrong codes'
            : `Too many wrong codes. Try again in ${retryAfterSeconds} s`,
        detail: 'The server takes no code for a while, so that nobody can guess one.',
        again: 'retry',
      }
    case 'OFFLINE':
      return {
        title: 'The server gave no answer',
        detail: `Check the network of this ${deviceWord()}. The code stays valid until its time is over.`,
        again: 'retry',
      }
    case 'PAIRING_STATE':
      return { title: 'This pairing has ended', detail: `It was ended on the other side. ${newCode}`, again: 'code' }
    case 'STORAGE':
      return {
        title: 'This browser keeps nothing for this page',
        detail: `The key of this ${deviceWord()} must be stored. Leave private browsing, or allow storage for this address.`,
        again: 'retry',
      }
    default:
      return { title: 'The server refused it', detail: message, again: 'retry' }
  }
}

/** The words for a failure, and what the button offers: the same again, another code, or nothing (stop). */
export function failureWords(failure: Failure, purpose: PairingPurpose): Words {
  const { newCode, nothing } = about[purpose]
  switch (failure.kind) {
    case 'problem':
      return ofCode(
        failure.problem.code,
        [failure.problem.message, failure.problem.remedy].filter(Boolean).join(' '),
        failure.problem.retryAfterSeconds,
        { newCode },
      )
    case 'key-mismatch':
      return {
        title: 'Do not continue: this is not the workstation of the code',
        detail: `The server showed another key than the one in the QR. Somebody may stand between this ${deviceWord()} and the workstation. ${nothing}`,
        again: 'stop',
      }
    case 'commitment-broken':
      return {
        title: 'Do not continue: the workstation did not keep its word',
        detail: `What it revealed does not fit what it had promised. Somebody may stand between this ${deviceWord()} and the workstation. ${nothing}`,
        again: 'stop',
      }
    case 'wrong-purpose':
      return failure.purpose === 'ENROL_HOST'
        ? {
            title: 'This code adds a workstation',
            detail: 'Type it on a device that is already paired, under Settings, Add a workstation.',
            again: 'code',
          }
        : {
            title: 'This code pairs a device',
            detail: 'To add a workstation, type the code that offdesk login shows on it.',
            again: 'code',
          }
    case 'refused-there':
      return {
        title: 'Refused at the workstation',
        detail: `Somebody pressed n there. ${nothing} ${newCode}`,
        again: 'code',
      }
    case 'refused-here':
      return {
        title: 'Ended: the codes differ',
        detail: `${nothing} Different codes mean that somebody may stand between. Try again on a network you trust.`,
        again: 'code',
      }
    case 'expired':
      return {
        title: 'Nobody pressed y in time',
        detail: `The code is no longer valid. ${nothing} ${newCode}`,
        again: 'code',
      }
  }
}
