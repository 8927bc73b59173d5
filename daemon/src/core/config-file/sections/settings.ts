import { AppSettings, ChangeAppSettings, DEFAULT_APP_SETTINGS } from '@vastrox/shared/app.ts'
import { BuildSettings } from '@vastrox/shared/build-settings.ts'
import { configShape } from '@vastrox/shared/config-shape.ts'
import type { AppService } from '#core/apps/app-service.ts'
import { type ConfigSection, oneByOne, without } from '#core/config-file/section.ts'

/** How an app is built, checked, deployed and put to sleep. */
export const settingsSection = (
  apps: Pick<AppService, 'get' | 'changeSettings'>,
): ConfigSection => ({
  name: 'settings',
  isSingle: true,
  shape: configShape(AppSettings.shape, { build: configShape(BuildSettings.shape) }),
  // What memory is usual depends on the size of the server.
  usual: without(DEFAULT_APP_SETTINGS, 'memoryBytes'),
  partial: ['build'],
  read: async ({ actor, app }) => ({ '': apps.get(actor, app).settings }),
  make: oneByOne({
    change: ({ actor, app }, { said }) =>
      apps.changeSettings(actor, app, ChangeAppSettings.parse(said)),
  }),
})
