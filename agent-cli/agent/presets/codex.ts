// Codex through its ACP adapter, as observed with the version below. Data only.
import type { AgentPreset } from './preset.ts'

export const codex: AgentPreset = {
  id: 'codex',
  title: 'Codex',
  npm: { name: '@agentclientprotocol/codex-acp', version: '2.6.0' },
  licence: { name: 'Apache-2.0', proprietary: false },
  launches: [
    { find: 'codex-acp', args: [] },
    {
      find: 'codex',
      command: 'npx',
      args: ['--yes', '@agentclientprotocol/codex-acp@2.6.0'],
      note: 'Codex speaks ACP through an adapter; the first start downloads it (over 400 MB).',
    },
  ],
  install: 'npm install -g @agentclientprotocol/codex-acp',
  env: { NO_BROWSER: '1' },
  notes: [
    'Uses the login of your Codex (CODEX_HOME), or CODEX_API_KEY.',
    'Planning is an option of its own (collaboration_mode); the mode is the sandbox preset.',
  ],
  engines: null,
  startTimeoutSeconds: 60,
  capabilities: {
    modes: {
      match: 'exact',
      native: [
        { id: 'read-only', means: 'interactive' },
        { id: 'workspace-write', means: 'interactive' },
        { id: 'agent', means: 'interactive' },
        { id: 'agent-full-access', means: 'autopilot' },
      ],
      steps: {
        plan: [{ by: 'configOption', id: 'collaboration_mode', value: 'plan' }],
        interactive: [
          { by: 'configOption', id: 'collaboration_mode', value: 'default' },
          { by: 'setMode', id: 'agent' },
        ],
        autopilot: [
          { by: 'configOption', id: 'collaboration_mode', value: 'default' },
          { by: 'setMode', id: 'agent-full-access' },
        ],
      },
      confirmedBy: 'configOptionUpdate',
      duringTurn: 'nextTurn',
      startsIn: null,
    },
    unattended: 'agent-full-access',
    questions: 'elicitationInPlanMode',
    planApproval: 'switchMode',
    planRefused: 'endTurn',
    permissionRefused: 'cancelled',
    steering: true,
    promptedMidTurn: 'queues',
    toolCallBeforePermission: 'mostly',
    todoAsPlan: 'no',
    usageUpdate: 'yes',
    stdinClosed: 'needsSigterm',
    leavesChildrenAfterCancel: true,
    leavesDaemon: false,
  },
}
