import { configShape } from '@vastrox/shared/config-shape.ts'
import {
  ChangeRouteSettings,
  DEFAULT_ROUTE_SETTINGS,
  Maintenance,
  RouteSettings,
} from '@vastrox/shared/route-settings.ts'
import { type ConfigSection, oneByOne, pick } from '#core/config-file/section.ts'
import type { RouteSettingsService } from '#core/routing/route-settings-service.ts'

/** What the proxy does for an app: paths, redirects, limits, headers. */
export const routingSection = (
  routing: Pick<RouteSettingsService, 'get' | 'change'>,
): ConfigSection => ({
  name: 'routing',
  isSingle: true,
  shape: configShape(RouteSettings.shape, { maintenance: configShape(Maintenance.shape) }),
  usual: DEFAULT_ROUTE_SETTINGS,
  partial: ['maintenance'],
  read: async ({ actor, app }) => ({
    '': pick(routing.get(actor, app), RouteSettings.keyof().options),
  }),
  make: oneByOne({
    change: ({ actor, app }, { said }) =>
      routing.change(actor, app, ChangeRouteSettings.parse(said)),
  }),
})
