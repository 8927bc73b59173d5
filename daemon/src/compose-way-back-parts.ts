import type { AddonParts } from '#core/addons/addon-parts.ts'
import { createRestoredApps } from '#core/restores/restored-apps.ts'
import { createAppStore } from '#store/app-store.ts'
import { transactionOf } from '#store/database.ts'
import type { BackupParts } from './compose-backup-parts.ts'
import type { RestoresDeps } from './compose-restores.ts'
import { composeWayBack } from './compose-way-back.ts'

/** Joins drills and restores with add-ons and backups. Only compose-restores.ts imports it, once it is needed. */
export function composeWayBackParts(given: RestoresDeps, addons: AddonParts, backups: BackupParts) {
  const { db } = given
  const transact = transactionOf(db)
  return composeWayBack({
    ...given,
    servers: addons.seams.way,
    backups: backups.kept,
    addons: given.nodeAddons,
    turns: backups.turns,
    noteDrill: (id, note) => backups.store.noteDrillForPlatform(id, note),
    contents: createRestoredApps({
      ...given,
      apps: createAppStore(db),
      backups: backups.kept,
      transact,
    }),
  })
}
