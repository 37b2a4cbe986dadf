/** The words for what an admin's token may do (F6). */

/** READ: names, members, devices, policies. POLICY: change them. ORGANISATIONS: make them. SCIM: what an identity provider may. SIGN_IN: say who may sign a person in. The rest say it themselves. */
export const ADMIN_SCOPES = [
  'AUDIT',
  'DEVICES',
  'MEMBERS',
  'ORGANISATIONS',
  'POLICY',
  'READ',
  'SCIM',
  'SIGN_IN',
  'TOKENS',
] as const
export type AdminScope = (typeof ADMIN_SCOPES)[number]
