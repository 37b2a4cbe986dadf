// What an audit's actions are called. An action of a newer server is called what the server calls it. Pure.

const words: Record<string, string> = {
  'audit.export': 'Audit exported',
  'device.endorse': 'Device vouched for',
  'device.pair': 'Device paired',
  'device.rename': 'Device renamed',
  'device.revoke': 'Device revoked',
  'device.rung': 'Device limited',
  'enterprise.create': 'Enterprise made',
  'hold.set': 'Legal hold changed',
  'host.enrol': 'Workstation enrolled',
  'host.revoke': 'Workstation removed',
  'member.add': 'Member added',
  'member.remove': 'Member removed',
  'organisation.create': 'Organisation made',
  'passkey.make': 'Passkey made',
  'passkey.remove': 'Passkey removed',
  'policy.apply': 'Policy applied',
  'policy.own': 'Own remote control set',
  'session.delete': 'Session deleted',
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
  // command.SendPrompt → Send prompt
  const [room, kind] = action.split('.')
  if (room !== 'command' || kind === undefined) return action
  const spaced = kind.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()
  return spaced.charAt(0).toUpperCase() + spaced.slice(1)
}
