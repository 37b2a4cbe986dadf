/** Who else a device's person may let in, and how they show who they are: asked before a screen offers it (F3). What is asked when it is done is auth/'s. */
import { whyNotEnrol } from '../auth/consenting.ts'
import { whyNotInvite } from '../auth/sign-in/links.ts'
import type { DevicePrincipal } from '../policy/principal.ts'
import { type DeviceProvider, providerOfDevice } from '../store/oidc.ts'
import type { Refused } from '../store/refused.ts'
import { builder, partOf } from './builder.ts'
import { WhyNot } from './effective-policy.ts'
import { Viewer } from './viewer.ts'

const SignInProvider = builder.objectRef<DeviceProvider>('SignInProvider').implement({
  extensions: partOf('Doors'),
  fields: (t) => ({
    handle: t.exposeString('handle'),
    organisationName: t.exposeString('organisationName'),
    freshUntil: t.expose('freshUntil', {
      type: 'DateTime',
      nullable: true,
      description: 'Until then their last sign-in says that they are there; null when it does not.',
    }),
  }),
})

const why = (refused: Refused | null) => refused && { refused }

const Doors = builder.objectRef<DevicePrincipal>('Doors').implement({
  extensions: partOf('Viewer'),
  fields: (t) => ({
    whyNotInvite: t.field({
      type: WhyNot,
      nullable: true,
      description: 'Null for whoever may invite people who are new here; a passkey is asked for when they do.',
      resolve: async (by, _args, { database }) => why(await database.read((tx) => whyNotInvite(tx, by, null))),
    }),
    whyNotEnrol: t.field({
      type: WhyNot,
      nullable: true,
      description:
        'Null for a device that may let a workstation in; a passkey, or a key press elsewhere, when it does.',
      resolve: async (by, _args, { database }) => why(await database.read((tx) => whyNotEnrol(tx, by))),
    }),
    provider: t.field({
      type: SignInProvider,
      nullable: true,
      description:
        'Of a device that came by a sign-in at an organisation’s provider: where its person shows anew who they are.',
      resolve: ({ deviceId }, _args, { database }) => database.read((tx) => providerOfDevice(tx, deviceId)),
    }),
  }),
})

builder.objectField(Viewer, 'doors', (t) =>
  t.field({
    type: Doors,
    nullable: true,
    description: 'Null for anything but a device.',
    resolve: (_owner, _args, { principal }) => (principal.kind === 'device' ? principal : null),
  }),
)
