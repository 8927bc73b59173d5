import { yamlText } from '#adapters/system/config-text.ts'
import type { ConfigService, LoadConfig } from '#core/config-file/config-service.ts'
import type { ConfigServices } from '#core/config-file/sections.ts'
import type { EnvValues } from '#core/env/env-values.ts'
import type { Database } from '#store/database.ts'
import { createEnvGroupStore } from '#store/env-group-store.ts'

export interface ConfigParts {
  db: Database
  /** Compared with what a file says; what of them may be shown is the sections' to say. */
  values: Pick<EnvValues, 'ownForPlatform' | 'ofGroupForPlatform'>
  /** 32 bytes of their own purpose. */
  digestKey: Buffer
}

type Made = 'digestOf' | 'finder' | 'ownEnvForPlatform' | 'ownGroupForPlatform'

/** Settings as a file, loaded when somebody first asks for it. */
export function composeConfig(
  owners: Omit<ConfigServices, Made>,
  { db, values, digestKey }: ConfigParts,
): LoadConfig {
  let loading: Promise<ConfigService> | undefined

  async function load(): Promise<ConfigService> {
    const { createConfigService } = await import('#core/config-file/config-service.ts')
    const groups = createEnvGroupStore(db)
    return createConfigService({
      services: {
        ...owners,
        finder: { find: owners.apps.find },
        ownEnvForPlatform: values.ownForPlatform,
        ownGroupForPlatform(actor, name) {
          const group = groups.findByName(actor, name)
          return group ? values.ofGroupForPlatform(group.id) : new Map()
        },
      },
      yaml: yamlText,
      digestKey,
    })
  }

  return () => (loading ??= load())
}
