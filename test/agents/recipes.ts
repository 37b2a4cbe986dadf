/** How the tested third-party agents are pointed at the scripted model: environment only. Their packages stand outside this tree. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

/** Folder with the installed agents (`node_modules/.bin`), given by the runner. */
export const agentsFolder = (): string => {
  const folder = process.env.OFFDESK_TEST_AGENTS
  if (!folder) throw new Error('OFFDESK_TEST_AGENTS is not set: run npm run test:agents')
  return folder
}

/** A home of its own, so that no login or setting of the person's is read or changed. */
function clean(): Record<string, string> {
  const home = mkdtempSync(join(tmpdir(), 'offdesk-agent-home-'))
  const bin = join(agentsFolder(), 'node_modules', '.bin')
  return {
    HOME: home,
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_CACHE_HOME: join(home, 'cache'),
    XDG_STATE_HOME: join(home, 'state'),
    XDG_DATA_HOME: join(home, 'data'),
    PATH: [bin, process.env.PATH].join(delimiter),
  }
}

export function opencodeEnv(modelUrl: string): Record<string, string> {
  const mock = {
    npm: '@ai-sdk/openai-compatible',
    name: 'Mock',
    options: { baseURL: `${modelUrl}/v1`, apiKey: 'none' },
    models: { 'mock-model': { name: 'Mock', tool_call: true, limit: { context: 100_000, output: 4096 } } },
  }
  const config = {
    model: 'mock/mock-model',
    small_model: 'mock/mock-model',
    permission: { bash: 'ask', edit: 'ask' },
    provider: { mock },
  }
  return {
    ...clean(),
    OPENCODE_CONFIG_CONTENT: JSON.stringify(config),
    OPENCODE_DISABLE_AUTOUPDATE: '1',
    OPENCODE_DISABLE_MODELS_FETCH: '1',
    OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
    OPENCODE_DISABLE_DEFAULT_PLUGINS: '1',
  }
}

export function claudeEnv(modelUrl: string): Record<string, string> {
  return {
    ...clean(),
    ANTHROPIC_BASE_URL: modelUrl,
    ANTHROPIC_API_KEY: 'none',
    ANTHROPIC_MODEL: 'mock-model',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    IS_SANDBOX: '1',
  }
}
