// GitHub Copilot CLI over ACP, as observed with the version below. Data only.
import type { AgentPreset } from './preset.ts'

export const copilot: AgentPreset = {
  id: 'copilot',
  title: 'Copilot CLI',
  npm: { name: '@github/copilot', version: '1.0.102' },
  licence: { name: 'proprietary', proprietary: true },
  launches: [{ find: 'copilot', args: ['--acp'] }],
  install: 'npm install -g @github/copilot',
  env: {},
  notes: [
    'Sign in once by running copilot and /login.',
    'Over ACP it offers neither questions nor plan approval; autopilot goes on by itself until the task is complete.',
  ],
  engines: null,
  startTimeoutSeconds: 60,
  capabilities: {
    modes: {
      match: 'suffix',
      native: [
        { id: '#agent', means: 'interactive' },
        { id: '#plan', means: 'plan' },
        { id: '#autopilot', means: 'autopilot' },
      ],
      steps: {
        plan: [{ by: 'setMode', id: '#plan' }],
        interactive: [{ by: 'setMode', id: '#agent' }],
        autopilot: [{ by: 'setMode', id: '#autopilot' }],
      },
      confirmedBy: 'currentModeUpdate',
      duringTurn: 'now',
      startsIn: null,
    },
    unattended: '#autopilot',
    questions: 'none',
    planApproval: 'none',
    planRefused: null,
    permissionRefused: 'endTurn',
    steering: false,
    promptedMidTurn: 'cancelsFirst',
    toolCallBeforePermission: 'yes',
    todoAsPlan: 'empty',
    usageUpdate: 'yes',
    stdinClosed: 'leaves',
    leavesChildrenAfterCancel: false,
    leavesDaemon: false,
  },
}
