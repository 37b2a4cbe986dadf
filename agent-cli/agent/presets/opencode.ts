// opencode over ACP, as observed with the version below. Data only.
import type { AgentPreset } from './preset.ts'

export const opencode: AgentPreset = {
  id: 'opencode',
  title: 'OpenCode',
  npm: { name: 'opencode-ai', version: '1.18.33' },
  licence: { name: 'MIT', proprietary: false },
  launches: [{ find: 'opencode', args: ['acp'] }],
  install: 'npm install -g opencode-ai',
  env: {},
  notes: [
    'Sign in once with opencode auth login, or use a provider in its configuration.',
    'Never set OPENCODE_ENABLE_QUESTION_TOOL: over ACP a question hangs the turn.',
  ],
  engines: null,
  startTimeoutSeconds: 60,
  capabilities: {
    modes: {
      match: 'exact',
      native: [
        { id: 'build', means: 'interactive' },
        { id: 'plan', means: 'plan' },
      ],
      steps: {
        plan: [{ by: 'configOption', category: 'mode', value: 'plan' }],
        interactive: [{ by: 'configOption', category: 'mode', value: 'build' }],
        autopilot: null,
      },
      confirmedBy: 'reply',
      duringTurn: 'unknown',
      startsIn: null,
    },
    unattended: null,
    questions: 'none',
    planApproval: 'none',
    planRefused: null,
    permissionRefused: 'endTurn',
    steering: false,
    promptedMidTurn: 'joins',
    toolCallBeforePermission: 'yes',
    todoAsPlan: 'no',
    usageUpdate: 'withCost',
    stdinClosed: 'leaves',
    leavesChildrenAfterCancel: false,
    leavesDaemon: false,
  },
}
