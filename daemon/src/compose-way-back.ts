import type { AuditLog } from '#core/audit/audit-log.ts'
import { createAppFinder } from '#core/apps/app-finder.ts'
import type { NoteNews } from '#core/backups/backup-news.ts'
import type { NodeTurns } from '#core/backups/node-turns.ts'
import { createDrillBook } from '#core/drills/drill-book.ts'
import type { NodeNow } from '#core/drills/drill-room.ts'
import { createDrillRunner } from '#core/drills/drill-runner.ts'
import { createDrillService } from '#core/drills/drill-service.ts'
import { createDrill } from '#core/drills/drill.ts'
import { createImportService } from '#core/restores/import-service.ts'
import { createAddonLoader } from '#core/drills/load-addon.ts'
import { createRestoreAddon } from '#core/restores/restore-addon.ts'
import { type AppContents, createRestoreApp } from '#core/restores/restore-app.ts'
import { createRestoreBook } from '#core/restores/restore-book.ts'
import { createRestoreRunner } from '#core/restores/restore-runner.ts'
import { createRestoreService } from '#core/restores/restore-service.ts'
import { createRestoreVolume } from '#core/restores/restore-volume.ts'
import { createRestoredVolumes, type Redeploy } from '#core/restores/restored-volumes.ts'
import { nameNowOf } from '#core/restores/subject-names.ts'
import type { KeptBackups, Servers } from '#core/backups/way-back.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { NewId } from '#ports/ids.ts'
import type { NodeAddons } from '#ports/node-addons.ts'
import type { NodeAgent } from '#ports/node-agent.ts'
import type { NodeBackups } from '#ports/node-backups.ts'
import { createAppStore } from '#store/app-store.ts'
import { createBackupScheduleStore } from '#store/backup-schedule-store.ts'
import { type BackupStore, createBackupStore } from '#store/backup-store.ts'
import { type Database, transactionOf } from '#store/database.ts'
import { createDrillStore } from '#store/drill-store.ts'
import { createRestoreStore } from '#store/restore-store.ts'
import { createVolumeStore } from '#store/volume-store.ts'

export interface WayBackDeps {
  db: Database
  servers: Servers
  backups: KeptBackups
  addons: Pick<NodeAddons, 'exec'>
  node: Pick<NodeBackups, 'restore' | 'importContent'>
  agent: Pick<NodeAgent, 'removeVolume'> & { describe(): Promise<NodeNow> }
  deployments: Redeploy
  contents: AppContents
  turns: Pick<NodeTurns, 'take'>
  noteDrill: BackupStore['noteDrillForPlatform']
  audit: Pick<AuditLog, 'append'>
  events: Pick<EventStream, 'emit'>
  noteNews: NoteNews
  clock: Clock
  newId: NewId
  nodeName: string
  crashPoint: (name: string) => void
  onProblem: (what: string, error: unknown) => void
}

/** Wires proof and the way back: drills, restores, imports. */
export function composeWayBack(given: WayBackDeps) {
  const { db } = given
  const apps = createAppStore(db)
  const volumeStore = createVolumeStore(db)
  const backupStore = createBackupStore(db)
  const schedules = createBackupScheduleStore(db)
  const deps = {
    ...given,
    apps,
    drills: createDrillStore(db),
    restores: createRestoreStore(db),
    transact: transactionOf(db),
  }
  const loader = createAddonLoader(deps)
  const book = createRestoreBook(deps)
  const volumes = createRestoredVolumes({
    ...deps,
    volumes: volumeStore,
    save: book.save,
    follow(from, to) {
      backupStore.moveSubjectForPlatform({ type: 'volume', id: from }, to)
      schedules.moveSubjectForPlatform({ type: 'volume', id: from }, to)
    },
    node: given.nodeName,
  })
  const takeTurn = (signal: AbortSignal) => given.turns.take(given.nodeName, 'restore', signal)
  const addon = createRestoreAddon({ ...deps, loader, book, takeTurn })
  const volume = createRestoreVolume({ ...deps, volumes, book, takeTurn })
  const app = createRestoreApp({ ...deps, book })
  const restoreRunner = createRestoreRunner({ ...deps, addon, volume, app, book })
  const restores = createRestoreService({
    ...deps,
    book,
    mustFit: (record) => volumes.mustFit(record),
    placeNow: (subject) => volumes.placeNow(subject),
    nameNow: nameNowOf({ ...deps, volumes: volumeStore }),
    onQueued: () => restoreRunner.kick(),
  })

  const drillBook = createDrillBook(deps)
  const drillRunner = createDrillRunner({
    ...deps,
    work: createDrill({ ...deps, loader }),
    book: drillBook,
    describeNode: () => given.agent.describe(),
    takeTurn: (signal) => given.turns.take(given.nodeName, 'drill', signal),
    mustGiveWay: restoreRunner.isAnyOpen,
  })
  const drills = createDrillService({
    ...deps,
    book: drillBook,
    onQueued: () => drillRunner.kick(),
  })

  return {
    drills,
    restores,
    imports: createImportService({
      ...deps,
      finder: createAppFinder(apps),
      volumes: volumeStore,
      loader,
      addon,
      volume,
      service: restores,
      runner: restoreRunner,
    }),
    /** For the hourly round. */
    queueWeekly: async (): Promise<number> => drills.queueWeekly(),

    /** First what a crash has left, then what waits. */
    start(): void {
      drillRunner.takeUp()
      void restoreRunner
        .takeUp()
        .catch((error: unknown) => given.onProblem('restores could not be taken up', error))
        .finally(() => {
          restoreRunner.kick()
          drillRunner.kick()
        })
    },
    async stop(): Promise<void> {
      await Promise.all([drillRunner.stop(), restoreRunner.stop()])
    },
  }
}
export type WayBackParts = ReturnType<typeof composeWayBack>
