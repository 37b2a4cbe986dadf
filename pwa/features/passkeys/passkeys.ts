// The passkeys of this device. Not known yet: nothing makes one so far.

export type OwnPasskey = { id: string; name: string; hostIds: readonly string[] }

/** Undefined while it is not known. */
export function usePasskeys(): { own: readonly OwnPasskey[] | undefined } {
  return { own: undefined }
}
