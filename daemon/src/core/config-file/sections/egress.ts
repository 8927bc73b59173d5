import { configShape } from '@vastrox/shared/config-shape.ts'
import { AppEgress, ChangeAppEgress } from '@vastrox/shared/firewall.ts'
import { DEFAULT_EGRESS } from '@vastrox/shared/firewall-rule.ts'
import { type ConfigSection, oneByOne, pick } from '#core/config-file/section.ts'
import type { EgressService } from '#core/firewall/egress-service.ts'

/** Where an app may connect to. */
export const egressSection = (egress: Pick<EgressService, 'get' | 'change'>): ConfigSection => ({
  name: 'egress',
  isSingle: true,
  shape: configShape(AppEgress.shape),
  usual: DEFAULT_EGRESS,
  read: async ({ actor, app }) => ({
    '': pick(egress.get(actor, app), AppEgress.keyof().options),
  }),
  make: oneByOne({
    change: ({ actor, app }, { said }) => egress.change(actor, app, ChangeAppEgress.parse(said)),
  }),
})
