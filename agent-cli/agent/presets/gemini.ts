// Gemini CLI over ACP, as observed with the version below. Data only.
import type { AgentPreset } from './preset.ts'

export const gemini: AgentPreset = {
  id: 'gemini',
  title: 'Gemini CLI',
  npm: { name: '@google/gemini-cli', version: '0.61.0' },
  licence: { name: 'Apache-2.0', proprietary: false },
  launches: [{ find: 'gemini', args: ['--acp', '--skip-trust'] }],
  install: 'npm install -g @google/gemini-cli',
  env: {},
  notes: [
    'Sign in once by running gemini, or set GEMINI_API_KEY.',
    'Never give it the file capability: it then cannot create files.',
    'A session loaded within a minute of its start comes back empty.',
  ],
  engines: '>=20',
  startTimeoutSeconds: 60,
  capabilities: {
    modes: {
      match: 'exact',
      native: [
        { id: 'default', means: 'interactive' },
        { id: 'autoEdit', means: 'interactive' },
        { id: 'yolo', means: 'autopilot' },
        { id: 'plan', means: 'plan' },
      ],
      steps: {
        plan: [{ by: 'setMode', id: 'plan' }],
        interactive: [{ by: 'setMode', id: 'default' }],
        autopilot: [{ by: 'setMode', id: 'yolo' }],
      },
      confirmedBy: 'text',
      duringTurn: 'now',
      startsIn: null,
    },
    unattended: 'yolo',
    questions: 'none',
    planApproval: 'permissionOther',
    planRefused: 'goesOn',
    permissionRefused: 'goesOn',
    steering: false,
    promptedMidTurn: 'cancelsFirst',
    toolCallBeforePermission: 'no',
    todoAsPlan: 'no',
    usageUpdate: 'no',
    stdinClosed: 'leaves',
    leavesChildrenAfterCancel: false,
    leavesDaemon: false,
  },
}
