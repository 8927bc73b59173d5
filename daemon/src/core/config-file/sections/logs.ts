import { configShape } from '@vastrox/shared/config-shape.ts'
import { ChangeLogSettings, LogSettings } from '@vastrox/shared/log.ts'
import { type ConfigSection, oneByOne, pick } from '#core/config-file/section.ts'
import { DEFAULT_LOG_SETTINGS, type LogSettingsService } from '#core/logs/log-settings.ts'

/** How long lines of an app are kept, and how many. */
export const logsSection = (logs: Pick<LogSettingsService, 'get' | 'change'>): ConfigSection => ({
  name: 'logs',
  isSingle: true,
  shape: configShape(LogSettings.shape),
  usual: DEFAULT_LOG_SETTINGS,
  read: async ({ actor, app }) => ({
    '': pick(await logs.get(actor, app), LogSettings.keyof().options),
  }),
  make: oneByOne({
    change: ({ actor, app }, { said }) => logs.change(actor, app, ChangeLogSettings.parse(said)),
  }),
})
