import type { Actor } from '@vastrox/shared/actor.ts'
import {
  AddonKindName,
  AddonName,
  AddonVersion,
  ChangeAddon,
  CreateAddon,
  EnvPrefix,
} from '@vastrox/shared/addon.ts'
import { type ConfigEntry, type ConfigShape, configShape } from '@vastrox/shared/config-shape.ts'
import { ChangeLogSettings, LogSettings } from '@vastrox/shared/log.ts'
import type { OpenAddons } from '#core/addons/addon-parts.ts'
import { DEFAULT_LOG_SETTINGS, type LogSettingsService } from '#core/logs/log-settings.ts'
import { type ConfigSection, oneByOne, pick } from '#core/config-file/section.ts'

const { memoryBytes, cpuMillis } = ChangeAddon.shape

/** Databases: what each is, and not what is in it. */
export const addonsSection = (open: OpenAddons): ConfigSection => ({
  name: 'addons',
  isSingle: false,
  names: AddonName,
  shape: configShape(
    { kind: AddonKindName, version: AddonVersion, memoryBytes, cpuMillis, logs: LogSettings },
    { logs: configShape(LogSettings.shape) },
  ),
  usual: { cpuMillis: 0, logs: DEFAULT_LOG_SETTINGS },
  partial: ['logs'],
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
    const { service, logs } = await open()
    const entries = service.list(actor).map(async (addon) => {
      const kept = await logs.settings.get(actor, addon.name)
      return [addon.name, { ...pick(addon, FIELDS), logs: pick(kept, KEPT) }] as const
    })
    return Object.fromEntries(await Promise.all(entries))
  },
  make: oneByOne({
    create: async ({ actor }, { name, after, said }) => {
      const { service, logs } = await open()
      await service.create(actor, CreateAddon.parse({ ...after, name }))
      await keepLogs(logs.settings, actor, name, said)
    },
    change: async ({ actor }, { name, said }) => {
      const { service, logs } = await open()
      await service.change(actor, name, ChangeAddon.parse(said))
      await keepLogs(logs.settings, actor, name, said)
    },
  }),
})
const FIELDS = ['kind', 'version', 'memoryBytes', 'cpuMillis']
const KEPT = LogSettings.keyof().options

async function keepLogs(
  settings: Pick<LogSettingsService, 'change'>,
  actor: Actor,
  name: string,
  { logs }: ConfigEntry,
): Promise<void> {
  if (logs !== undefined) await settings.change(actor, name, ChangeLogSettings.parse(logs))
}

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
