// Cline over ACP, as observed with the version below. Data only.
import type { AgentPreset } from './preset.ts'

export const cline: AgentPreset = {
  id: 'cline',
  title: 'Cline',
  npm: { name: 'cline', version: '3.0.65' },
  licence: { name: 'Apache-2.0', proprietary: false },
  launches: [{ find: 'cline', args: ['--acp', '--auto-approve', 'false'] }],
  install: 'npm install -g cline',
  env: {},
  notes: [
    'Set up a provider once with cline auth; the default provider needs its cloud and hangs without a network.',
    'A second prompt during a turn breaks its session for good.',
    'Its hub daemon stays after it has left.',
  ],
  engines: null,
  startTimeoutSeconds: 60,
  capabilities: {
    modes: {
      match: 'exact',
      native: [
        { id: 'plan', means: 'plan' },
        { id: 'act', means: 'interactive' },
      ],
      steps: {
        plan: [{ by: 'setMode', id: 'plan' }],
        interactive: [
          { by: 'configOption', id: 'auto_approve', value: false },
          { by: 'setMode', id: 'act' },
        ],
        autopilot: [
          { by: 'setMode', id: 'act' },
          { by: 'configOption', id: 'auto_approve', value: true },
        ],
      },
      confirmedBy: 'currentModeUpdate',
      duringTurn: 'now',
      startsIn: null,
    },
    unattended: 'auto_approve',
    questions: 'none',
    planApproval: 'none',
    planRefused: null,
    permissionRefused: 'goesOn',
    steering: false,
    promptedMidTurn: 'breaks',
    toolCallBeforePermission: 'no',
    todoAsPlan: 'no',
    usageUpdate: 'no',
    stdinClosed: 'leaves',
    leavesChildrenAfterCancel: false,
    leavesDaemon: true,
  },
}
