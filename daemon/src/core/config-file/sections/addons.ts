import {
  AddonKindName,
  AddonName,
  AddonVersion,
  ChangeAddon,
  CreateAddon,
  EnvPrefix,
} from '@vastrox/shared/addon.ts'
import { type ConfigShape, configShape } from '@vastrox/shared/config-shape.ts'
import type { OpenAddons } from '#core/addons/addon-parts.ts'
import { type ConfigSection, oneByOne, pick } from '#core/config-file/section.ts'

const { memoryBytes, cpuMillis } = ChangeAddon.shape

/** Databases: what each is, and not what is in it. */
export const addonsSection = (open: OpenAddons): ConfigSection => ({
  name: 'addons',
  isSingle: false,
  names: AddonName,
  shape: configShape({ kind: AddonKindName, version: AddonVersion, memoryBytes, cpuMillis }),
  usual: { cpuMillis: 0 },
  required: ['kind'],
  fixed: ['kind', 'version'],
  isKept: 'it holds data',
  async usedBy({ actor, app }) {
    const { service } = await open()
    return service
      .list(actor)
      .flatMap(({ name, attachments }) => (attachments.some((at) => at.app === app) ? [name] : []))
  },
  async read({ actor }) {
    const { service } = await open()
    return Object.fromEntries(service.list(actor).map((addon) => [addon.name, pick(addon, FIELDS)]))
  },
  make: oneByOne({
    create: async ({ actor }, { name, after }) =>
      (await open()).service.create(actor, CreateAddon.parse({ ...after, name })),
    change: async ({ actor }, { name, said }) =>
      (await open()).service.change(actor, name, ChangeAddon.parse(said)),
  }),
})
const FIELDS = ['kind', 'version', 'memoryBytes', 'cpuMillis']

/** `shop-db: DATABASE`: the prefix of the variables that the app gets. */
const attachmentShape: ConfigShape = {
  schema: EnvPrefix.transform((prefix) => ({ prefix })),
  write: ({ prefix }) => prefix,
}

/** Which databases an app has. */
export const attachmentsSection = (open: OpenAddons): ConfigSection => ({
  name: 'addons',
  isSingle: false,
  names: AddonName,
  shape: attachmentShape,
  usual: {},
  fixed: ['prefix'],
  async read({ actor, app }) {
    const { service } = await open()
    return Object.fromEntries(
      service
        .list(actor)
        .flatMap(({ name, attachments }) =>
          attachments.flatMap((at) => (at.app === app ? [[name, { prefix: at.prefix }]] : [])),
        ),
    )
  },
  make: oneByOne({
    create: async ({ actor, app }, { name, after }) =>
      (await open()).attaching.attach(actor, name, {
        app,
        prefix: EnvPrefix.parse(after['prefix']),
      }),
    remove: async ({ actor, app }, { name }) => (await open()).attaching.detach(actor, name, app),
  }),
})
