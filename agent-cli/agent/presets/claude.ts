// Claude Code through its ACP adapter, as observed with the version below. Data only.
import type { AgentPreset } from './preset.ts'

export const claude: AgentPreset = {
  id: 'claude',
  title: 'Claude Code',
  npm: { name: '@agentclientprotocol/claude-agent-acp', version: '0.100.0' },
  licence: { name: 'adapter Apache-2.0, Claude Code proprietary', proprietary: true },
  launches: [
    { find: 'claude-agent-acp', args: [] },
    {
      find: 'claude',
      command: 'npx',
      args: ['--yes', '@agentclientprotocol/claude-agent-acp@0.100.0'],
      note: 'Claude Code speaks ACP through an adapter; the first start downloads it (over 300 MB).',
    },
  ],
  install: 'npm install -g @agentclientprotocol/claude-agent-acp',
  env: {},
  notes: [
    'Uses the login of your Claude Code, or ANTHROPIC_API_KEY.',
    'As root, bypassPermissions is only offered with IS_SANDBOX=1.',
  ],
  engines: '>=22 is asked for, 20 was seen to work',
  startTimeoutSeconds: 60,
  capabilities: {
    modes: {
      match: 'exact',
      native: [
        { id: 'default', means: 'interactive' },
        { id: 'acceptEdits', means: 'interactive' },
        { id: 'plan', means: 'plan' },
        { id: 'auto', means: 'autopilot' },
        { id: 'bypassPermissions', means: 'autopilot' },
      ],
      steps: {
        plan: [{ by: 'setMode', id: 'plan' }],
        interactive: [{ by: 'setMode', id: 'default' }],
        autopilot: [{ by: 'setMode', id: 'bypassPermissions' }],
      },
      confirmedBy: 'configOptionUpdate',
      duringTurn: 'now',
      startsIn: null,
    },
    unattended: 'bypassPermissions',
    questions: 'elicitation',
    planApproval: 'switchMode',
    planRefused: 'cancelled',
    permissionRefused: 'goesOn',
    steering: true,
    promptedMidTurn: 'folds',
    toolCallBeforePermission: 'yes',
    todoAsPlan: 'yes',
    usageUpdate: 'yes',
    stdinClosed: 'leaves',
    leavesChildrenAfterCancel: false,
    leavesDaemon: false,
  },
}
