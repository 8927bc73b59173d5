import type { ConfigShape } from '@vastrox/shared/config-shape.ts'
import { AppEnvGroups } from '@vastrox/shared/env.ts'
import { EnvGroupName } from '@vastrox/shared/env.ts'
import { z } from 'zod'
import type { ConfigSection } from '#core/config-file/section.ts'
import type { EnvGroupService } from '#core/env/env-group-service.ts'

/** A list of names. */
const shape: ConfigShape = {
  schema: z
    .array(EnvGroupName)
    .max(20)
    .transform((groups) => ({ groups })),
  write: ({ groups }) => groups,
}

/** The groups of an app, in their order. */
export const envGroupsOfAppSection = (
  groups: Pick<EnvGroupService, 'listOfApp' | 'attach'>,
): ConfigSection => ({
  name: 'envGroups',
  isSingle: true,
  shape,
  usual: { groups: [] },
  read: async ({ actor, app }) => ({ '': { groups: groups.listOfApp(actor, app) } }),
  async make({ actor, app }, changes) {
    return changes.map(({ after }) => groups.attach(actor, app, AppEnvGroups.parse(after).groups))
  },
})
