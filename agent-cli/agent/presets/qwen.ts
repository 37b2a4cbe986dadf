// Qwen Code over ACP, as observed with the version below. Data only.
import type { AgentPreset } from './preset.ts'

export const qwen: AgentPreset = {
  id: 'qwen',
  title: 'Qwen Code',
  npm: { name: '@qwen-code/qwen-code', version: '0.24.4' },
  licence: { name: 'Apache-2.0', proprietary: false },
  launches: [{ find: 'qwen', args: ['--acp'] }],
  install: 'npm install -g @qwen-code/qwen-code',
  env: {},
  notes: [
    'Sign in once by running qwen, or set OPENAI_API_KEY, OPENAI_BASE_URL and OPENAI_MODEL.',
    'A question comes as a permission request of kind think with _meta.qwenInteractionKind "user_question".',
    'It starts in its own mode auto.',
  ],
  engines: '>=22 is asked for, 20 was seen to work',
  startTimeoutSeconds: 60,
  capabilities: {
    modes: {
      match: 'exact',
      native: [
        { id: 'plan', means: 'plan' },
        { id: 'default', means: 'interactive' },
        { id: 'auto-edit', means: 'interactive' },
        { id: 'auto', means: 'autopilot' },
        { id: 'yolo', means: 'autopilot' },
      ],
      steps: {
        plan: [{ by: 'setMode', id: 'plan' }],
        interactive: [{ by: 'setMode', id: 'default' }],
        autopilot: [{ by: 'setMode', id: 'yolo' }],
      },
      confirmedBy: 'reply',
      duringTurn: 'now',
      startsIn: 'auto',
    },
    unattended: 'yolo',
    questions: 'permission',
    planApproval: 'switchMode',
    planRefused: 'endTurn',
    permissionRefused: 'endTurn',
    steering: false,
    promptedMidTurn: 'cancelsFirst',
    toolCallBeforePermission: 'yes',
    todoAsPlan: 'withSetting',
    usageUpdate: 'no',
    stdinClosed: 'leaves',
    leavesChildrenAfterCancel: false,
    leavesDaemon: false,
  },
}
