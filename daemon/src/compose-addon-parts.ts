import { addons as catalog } from '#catalog/addons/index.ts'
import { createAddonAttachments } from '#core/addons/addon-attachments.ts'
import { createAddonExceptions } from '#core/addons/addon-exceptions.ts'
import { createAddonFinder } from '#core/addons/addon-finder.ts'
import { createAddonKeeper } from '#core/addons/addon-keeper.ts'
import { createAddonKinds } from '#core/addons/addon-kinds.ts'
import { createAddonLogCollector } from '#core/addons/addon-log-collector.ts'
import { addonLogOwners, createAddonLogs } from '#core/addons/addon-logs.ts'
import type { AddonParts } from '#core/addons/addon-parts.ts'
import { createAddonSeams } from '#core/addons/addon-seams.ts'
import { createAddonSecrets } from '#core/addons/addon-secrets.ts'
import { createAddonServers } from '#core/addons/addon-servers.ts'
import { createAddonService } from '#core/addons/addon-service.ts'
import { createAddonTrash } from '#core/addons/addon-trash.ts'
import { createAddonUsers } from '#core/addons/addon-users.ts'
import { createDeclaredAddons } from '#core/addons/declared-addons.ts'
import { createThrowAways } from '#core/addons/throw-aways.ts'
import { createKeptSettings } from '#core/logs/log-settings.ts'
import { createKeptLogs } from '#core/logs/kept-logs.ts'
import { createAddonExceptionStore } from '#store/addon-exception-store.ts'
import { createAppStore } from '#store/app-store.ts'
import { createDeclaredAddonStore } from '#store/declared-addon-store.ts'
import { createEnvStore } from '#store/env-store.ts'
import { createInstanceStore } from '#store/instance-store.ts'
import { createReleaseStore } from '#store/release-store.ts'
import type { AddonDeps } from './compose-addons.ts'

/** What add-ons are made of. Only compose-addons.ts imports it, and only once it is needed. */
export function composeAddonParts(given: AddonDeps): AddonParts & {
  keeper: { start: () => void; stop: () => Promise<void> }
} {
  const { db, agent } = given
  const node = agent.addons
  const secrets = createAddonSecrets(given.secretBox)
  const kinds = createAddonKinds(given.kinds ?? catalog)
  const finder = createAddonFinder(given.addons)
  const deps = {
    ...given,
    apps: given.finder,
    node,
    secrets,
    kinds,
    finder,
    env: createEnvStore(db),
    exceptions: createAddonExceptionStore(db),
    declared: createDeclaredAddonStore(db),
  }
  const servers = createAddonServers(deps)
  const users = createAddonUsers({
    ...deps,
    servers,
    apps: createAppStore(db),
    instances: createInstanceStore(db),
    releases: createReleaseStore(db),
  })
  const wakeUp = (id: string): void => keeper.wakeUp(id)
  const settleSoon = (id: string): void => keeper.settleSoon(id)
  const attaching = createAddonAttachments({ ...deps, servers, users, settleSoon })
  const service = createAddonService({ ...deps, servers, attaching, wakeUp, whyNot: () => null })
  const trash = createAddonTrash({ ...deps, servers, wakeUp, show: service.show })
  const throwAways = createThrowAways({ ...deps, servers, users })
  const exceptions = createAddonExceptions({ ...deps, servers })
  const keeper = createAddonKeeper({
    ...deps,
    servers,
    users,
    trash,
    throwAways,
    onEngineBack: (listener) =>
      given.hints.on((hint) => {
        if (hint.type === 'engine-restarted') listener()
      }),
    everyMinute: () => exceptions.keep(),
  })
  const { archive, clock } = given
  const logSettings = createKeptSettings({
    ...deps,
    owners: addonLogOwners(finder),
    store: given.logSettings,
    logs: given.appLogs,
    onChange: (addonId) => collector.readAgain(addonId),
  })
  const collector = createAddonLogCollector({
    ...deps,
    logs: given.appLogs,
    linesPerSecondOf: (addonId) => logSettings.settingsOf(addonId).linesPerSecond,
  })
  const kept = createKeptLogs({ logs: given.appLogs, archive, clock })
  return {
    kinds,
    secrets,
    servers,
    service,
    attaching,
    trash,
    exceptions,
    throwAways,
    seams: createAddonSeams({ ...deps, servers, users, service, throwAways }),
    declared: createDeclaredAddons({ ...deps, users, service, attaching, wakeUp }),
    logs: createAddonLogs({ finder, collector, kept, settings: logSettings }),
    keeper: {
      start(): void {
        keeper.start()
        collector.start()
      },
      async stop(): Promise<void> {
        await keeper.stop()
        await collector.stop()
      },
    },
  }
}
