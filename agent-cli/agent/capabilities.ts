// Reads what an agent says about itself in its answer to `initialize`. Leaves everything it does not know in `raw`.

export interface AuthMethod {
  id: string
  name: string
  description: string | null
}

export interface Answers {
  protocolVersion: number | null
  name: string | null
  version: string | null
  canLoadSession: boolean
  /** The agent takes `_session/steering` during a turn. */
  canSteer: boolean
  takes: { image: boolean; audio: boolean; embeddedContext: boolean }
  authMethods: AuthMethod[]
  raw: unknown
}

/** Never throws: what is missing or of another shape counts as not offered. */
export function readAnswers(raw: unknown): Answers {
  const capabilities = at(raw, 'agentCapabilities')
  const prompt = at(capabilities, 'promptCapabilities')
  const version = at(raw, 'protocolVersion')
  const steering = [at(raw, '_meta', 'steering', 'supported'), at(capabilities, '_meta', 'steering', 'supported')]
  const methods = at(raw, 'authMethods')
  return {
    protocolVersion: typeof version === 'number' ? version : null,
    name: text(at(raw, 'agentInfo', 'title')) ?? text(at(raw, 'agentInfo', 'name')),
    version: text(at(raw, 'agentInfo', 'version')),
    canLoadSession: at(capabilities, 'loadSession') === true,
    canSteer: steering.includes(true),
    takes: {
      image: at(prompt, 'image') === true,
      audio: at(prompt, 'audio') === true,
      embeddedContext: at(prompt, 'embeddedContext') === true,
    },
    authMethods: Array.isArray(methods) ? methods.flatMap(authMethod) : [],
    raw,
  }
}

function authMethod(raw: unknown): AuthMethod[] {
  const id = text(at(raw, 'id'))
  return id === null ? [] : [{ id, name: text(at(raw, 'name')) ?? id, description: text(at(raw, 'description')) }]
}

function at(value: unknown, ...keys: string[]): unknown {
  let here = value
  for (const key of keys) {
    if (typeof here !== 'object' || here === null) return undefined
    here = (here as Record<string, unknown>)[key]
  }
  return here
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
