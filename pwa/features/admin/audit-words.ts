// What an audit's actions are called. An action of a newer server is called what the server calls it. Pure.

const words: Record<string, string> = {
  'audit.export': 'Audit exported',
  'device.endorse': 'Device vouched for',
  'device.pair': 'Device paired',
  'device.rename': 'Device renamed',
  'device.revoke': 'Device revoked',
  'device.rung': 'Device limited',
  'device.script': 'Script made',
  'device.trust': 'Device let in by a workstation',
  'device.verify': 'Verified to look',
  'enterprise.create': 'Enterprise made',
  'hold.set': 'Legal hold changed',
  'host.enrol': 'Workstation enrolled',
  'host.revoke': 'Workstation removed',
  'invitation.create': 'Invitation made',
  'invitation.revoke': 'Invitation withdrawn',
  'invitation.use': 'Invitation used',
  'member.add': 'Member added',
  'member.remove': 'Member removed',
  'oidc.link': 'Person linked to the provider',
  'oidc.remove': 'Single sign-on removed',
  'oidc.set': 'Single sign-on set',
  'organisation.create': 'Organisation made',
  'owner.recover': 'Way back in opened at the server',
  'passkey.make': 'Passkey made',
  'passkey.remove': 'Passkey removed',
  'person.register': 'Person registered',
  'policy.apply': 'Policy applied',
  'policy.own': 'Own remote control set',
  'refused.credential': 'Credential refused',
  'refused.sign-in': 'Sign-in refused',
  'scim.group.change': 'Provisioned group changed',
  'scim.group.create': 'Group provisioned',
  'scim.group.delete': 'Provisioned group removed',
  'scim.user.change': 'Provisioned person changed',
  'scim.user.create': 'Person provisioned',
  'scim.user.deactivate': 'Provisioned person deactivated',
  'session.delete': 'Session deleted',
  'sign-in': 'Signed in',
  'sign-in-passkey.add': 'Passkey for signing in added',
  'sign-in-passkey.remove': 'Passkey for signing in removed',
  'token.create': 'Admin token made',
  'token.revoke': 'Admin token revoked',
  'webhook.add': 'Audit webhook added',
  'webhook.remove': 'Audit webhook removed',
}

/** Those a filter offers. */
export const knownActions: readonly string[] = Object.keys(words)

export function actionWords(action: string): string {
  const known = words[action]
  if (known !== undefined) return known
  // command.SendPrompt → Send prompt; refused.sendPrompt → Refused: send prompt
  const [room, kind] = action.split('.')
  if (kind === undefined) return action
  const spaced = kind.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()
  if (room === 'refused') return `Refused: ${spaced}`
  return room === 'command' ? spaced.charAt(0).toUpperCase() + spaced.slice(1) : action
}
