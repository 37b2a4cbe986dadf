/** The house as data: which rooms may import which (design §2). A room is named by the longest prefix that fits. */

/** Rooms from top to bottom within each house; a room may import its own floor's name and those listed for it. */
export const MAY_IMPORT: Record<string, readonly string[]> = {
  protocol: [],

  'server/main.ts': [
    'server/app.ts',
    'server/log-text.ts',
    'server/printed.ts',
    'server/backup',
    'server/http',
    'server/sockets',
    'server/live',
    'server/auth',
    'server/push',
    'server/policy',
    'server/store',
    'server/db',
  ],
  'server/log-text.ts': [],
  'server/printed.ts': ['server/auth'],
  'server/app.ts': [
    'server/http',
    'server/sockets',
    'server/graphql',
    'server/store',
    'server/live',
    'server/auth',
    'server/push',
    'server/policy',
    'server/db',
  ],
  'server/http': [
    'server/scim',
    'server/graphql',
    'server/store',
    'server/live',
    'server/auth',
    'server/push',
    'server/policy',
    'server/db',
  ],
  'server/sockets': [
    'server/http',
    'server/graphql',
    'server/store',
    'server/live',
    'server/auth',
    'server/push',
    'server/policy',
    'server/db',
  ],
  'server/graphql': [
    'server/store',
    'server/live',
    'server/auth',
    'server/push',
    'server/policy',
    'server/db',
    'protocol',
  ],
  'server/scim': ['server/store', 'server/live', 'server/auth', 'server/policy', 'server/db', 'protocol'],
  'server/push': ['server/store', 'server/live', 'server/policy', 'server/db', 'protocol'],
  'server/auth': [
    'server/store',
    'server/live',
    'server/policy',
    'server/db',
    // The one way out of this server, which a sign-in at a provider takes too.
    'server/push/endpoint.ts',
    'server/push/outbound.ts',
    'protocol',
  ],
  'server/policy': ['server/store', 'server/live', 'server/db', 'protocol'],
  // rung.ts and topic.ts are words that both rooms use; neither imports anything.
  'server/store': ['server/db', 'server/policy/rung.ts', 'protocol'],
  'server/live': ['server/store/topic.ts', 'server/db'],
  'server/backup': ['server/db'],
  'server/db': [],

  'agent-cli/main.ts': ['agent-cli/commands'],
  'agent-cli/commands': [
    'agent-cli/terminal',
    'agent-cli/bridge',
    'agent-cli/agent',
    'agent-cli/remote',
    'agent-cli/rules',
    'agent-cli/journal',
    'protocol',
  ],
  'agent-cli/terminal': ['agent-cli/bridge', 'protocol'],
  'agent-cli/bridge': [
    'agent-cli/agent',
    'agent-cli/remote',
    'agent-cli/trust',
    'agent-cli/rules',
    'agent-cli/masking',
    'agent-cli/journal',
    'protocol',
  ],
  'agent-cli/masking': [],
  // The words of whoever governs this machine: files and what they mean.
  'agent-cli/rules': ['protocol'],
  'agent-cli/trust': ['agent-cli/remote', 'agent-cli/rules', 'agent-cli/journal', 'protocol'],
  'agent-cli/agent': ['agent-cli/journal/limits.ts', 'protocol'],
  'agent-cli/remote': ['agent-cli/rules', 'agent-cli/journal', 'protocol'],
  'agent-cli/journal': ['protocol'],
  'agent-cli/demo': ['agent-cli/agent/presets'],
  'agent-cli/launch': ['agent-cli/main.ts'],

  'pwa/main.tsx': ['pwa/app', 'pwa/features/preferences', 'pwa/keys', 'pwa/ui'],
  'pwa/sw': ['pwa/features/push', 'pwa/features/decisions/answer-documents.ts', 'pwa/keys', 'pwa/graphql', 'protocol'],
  'pwa/app': ['pwa/screens', 'pwa/features', 'pwa/graphql', 'pwa/keys', 'pwa/ui', 'protocol'],
  'pwa/screens': ['pwa/features', 'pwa/graphql', 'pwa/keys', 'pwa/ui', 'protocol'],
  'pwa/features': ['pwa/graphql', 'pwa/keys', 'pwa/ui', 'protocol'],
  'pwa/graphql': ['pwa/keys'],
  'pwa/keys': ['protocol'],
  'pwa/ui': [],
}

/** Folders whose files are not held to the ceiling: generated. */
export const GENERATED = [/graphql-env\.d\.ts$/, /\/migrations\//]

/** Lines a file may have at most; the median stays under `MEDIAN_LINES`. */
export const CEILING_LINES = 300
export const MEDIAN_LINES = 100
