import { randomBytes } from 'node:crypto'
import { destinations as kinds } from '#catalog/destinations/index.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import { createAppTar } from '#core/backups/app-tar.ts'
import type { NoteNews } from '#core/backups/backup-news.ts'
import { createBackupRunner } from '#core/backups/backup-runner.ts'
import { createBackupService } from '#core/backups/backup-service.ts'
import { createCheckService } from '#core/backups/check-service.ts'
import { createClockWatch } from '#core/backups/clock-watch.ts'
import { createDestinationService } from '#core/destinations/destination-service.ts'
import { createDownload } from '#core/backups/download.ts'
import { createDueBackups } from '#core/backups/due-backups.ts'
import { createKeptBackups } from '#core/backups/kept-backups.ts'
import { createNodeTurns } from '#core/backups/node-turns.ts'
import { createOverview } from '#core/backups/overview.ts'
import { createRemoveBackup } from '#core/backups/remove-backup.ts'
import { createRepositories } from '#core/destinations/repositories.ts'
import { createRetentionService } from '#core/backups/retention-service.ts'
import { createRunBackup } from '#core/backups/run-backup.ts'
import { createScheduleService } from '#core/backups/schedule-service.ts'
import { createScheduleTimes } from '#core/backups/schedule-times.ts'
import { type AddonSubjects, createSubjects, type SubjectContent } from '#core/backups/subjects.ts'
import { createVerifyBackup } from '#core/backups/verify-backup.ts'
import type { EnvValues } from '#core/env/env-values.ts'
import type { CronTimes } from '#core/scheduled-jobs/cron-times.ts'
import type { BuildContext } from '#ports/build-context.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { NewId } from '#ports/ids.ts'
import type { NodeBackups } from '#ports/node-backups.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import type { SourceArchive } from '#ports/source-archive.ts'
import { type AppRecord, createAppStore } from '#store/app-store.ts'
import { createBackupScheduleStore } from '#store/backup-schedule-store.ts'
import { type BackupRecord, createBackupStore } from '#store/backup-store.ts'
import { createBuildStore } from '#store/build-store.ts'
import { type Database, transactionOf } from '#store/database.ts'
import { createDestinationStore } from '#store/destination-store.ts'
import { createDomainStore } from '#store/domain-store.ts'
import { createInstanceStore } from '#store/instance-store.ts'
import { createJobStore } from '#store/job-store.ts'
import { createReleaseStore } from '#store/release-store.ts'
import { createTeamStore } from '#store/team-store.ts'
import { createVolumeStore } from '#store/volume-store.ts'

export interface BackupPartsDeps {
  db: Database
  node: NodeBackups
  nodeName: string
  /** The installation, as repositories know it. */
  host: string
  addons: AddonSubjects
  platform: ((backupId: string) => Promise<SubjectContent>) | undefined
  finder: AppFinder
  sourceArchive: SourceArchive
  buildContext: BuildContext
  values: Pick<EnvValues, 'layersForPlatform'>
  hold: (appId: string, signal: AbortSignal) => Promise<void>
  release: (appId: string) => Promise<void>
  times: CronTimes
  secretBox: SecretBox
  noteNews: NoteNews
  /** One is done: whether it can be put back is another question. */
  onGood: (backupId: string) => void
  audit: Pick<AuditLog, 'append'>
  events: Pick<EventStream, 'emit'>
  clock: Clock
  newId: NewId
  /** A minute where it is left out. */
  lookEveryMs?: number
  crashPoint: (name: string) => void
  onProblem: (what: string, error: unknown) => void
}

/** Of the key of a repository: 256 bits. */
const KEY_BYTES = 32
const PROGRESS_EVERY_MS = 1_000
const LOOK_EVERY_MS = 60_000

/** Wires backups: destinations, what can be backed up, the queue, schedules, what is kept, checks. */
export function composeBackupParts(given: BackupPartsDeps) {
  const { db, node, clock, events, nodeName } = given
  const teams = createTeamStore(db)
  const stores = {
    apps: createAppStore(db),
    backups: createBackupStore(db),
    builds: createBuildStore(db),
    destinations: createDestinationStore(db),
    releases: createReleaseStore(db),
    schedules: createBackupScheduleStore(db),
    volumes: createVolumeStore(db),
    transact: transactionOf(db),
  }
  const instances = createInstanceStore(db)
  const deps = {
    ...given,
    ...stores,
    kinds,
    isOperators: (teamId: string): boolean =>
      teams.findByIdForPlatform(teamId)?.isOperators === true,
  }

  /** Of those under way; the row says the rest. */
  const progress = new Map<string, { share: number | null; toldAt: number }>()
  function tell({ teamId, id, appId }: BackupRecord): void {
    const app = appId === null ? null : (stores.apps.findByIdForPlatform(appId)?.name ?? null)
    events.emit({ teamId, type: 'backups.changed', app, subject: id })
  }
  function onProgress(record: BackupRecord, share: number | null): void {
    const now = clock.elapsedMs()
    const before = progress.get(record.id)
    if (before && now - before.toldAt < PROGRESS_EVERY_MS) return
    progress.set(record.id, { share, toldAt: now })
    tell(record)
  }
  function onChange(record: BackupRecord): void {
    if (record.state !== 'running') progress.delete(record.id)
    tell(record)
  }

  const turns = createNodeTurns()
  const repositories = createRepositories(deps)
  const subjects = createSubjects({
    ...deps,
    tarOfApp: createAppTar({ ...deps, describe }),
    operatorsTeamId: () => teams.operatorsForPlatform()?.id ?? '',
    runs: (appId) => instances.listForAppForPlatform(appId).length > 0,
    node: nodeName,
  })
  const destinations = createDestinationService({
    ...deps,
    repositories,
    newPassword: () => randomBytes(KEY_BYTES).toString('base64url'),
  })
  const run = createRunBackup({
    ...deps,
    subjects,
    repositories,
    verify: createVerifyBackup({ node }),
    onProgress,
    onChange,
  })
  const checks = createCheckService({
    ...deps,
    destinationService: destinations,
    repositories,
    turns,
  })
  const runner = createBackupRunner({
    ...deps,
    turns,
    run,
    remove: createRemoveBackup({ ...deps, repositories, onChange }),
    onDone,
  })
  const backups = createBackupService({
    ...deps,
    destinationService: destinations,
    subjects,
    repositories,
    runner,
    progressOf: (id) => progress.get(id)?.share ?? null,
    onChange,
  })
  const retention = createRetentionService({
    ...deps,
    removal: backups,
    clockWatch: createClockWatch(clock),
  })
  const times = createScheduleTimes(given.times)
  const due = createDueBackups({
    ...deps,
    lookEveryMs: given.lookEveryMs ?? LOOK_EVERY_MS,
    subjects,
    times,
    ask: (...asked) => backups.ask(...asked),
  })
  const overview = createOverview({ ...deps, subjects })

  async function onDone(record: BackupRecord): Promise<void> {
    if (record.purpose !== 'safety') given.onGood(record.id)
    retention.run(record)
    await checks
      .measure(record.destinationId)
      .catch((error: unknown) => given.onProblem('a destination could not be measured', error))
  }

  /** What is set of an app besides its source, in the clear: repositories are encrypted. */
  function describe(app: AppRecord): Record<string, unknown> {
    // What add-ons give is theirs, and comes anew from those that are attached.
    const layers = given.values
      .layersForPlatform(app.id)
      .filter(({ addon }) => addon === undefined)
      .map(({ group, variables }) => ({ group, variables: Object.fromEntries(variables) }))
    return {
      env: layers,
      jobs: createJobStore(db).listForAppForPlatform(app.id),
      domains: createDomainStore(db).listForAppForPlatform(app.id),
      volumes: stores.volumes.listForAppForPlatform(app.id),
    }
  }

  return {
    destinations,
    backups,
    schedules: createScheduleService({
      ...deps,
      destinationService: destinations,
      subjects,
      times,
      onSchedules: () => due.wake(),
    }),
    retention,
    checks,
    overview,
    download: createDownload({ ...deps, backups, repositories }),

    // What restores and drills build on.
    turns,
    subjects,
    store: stores.backups,
    kept: createKeptBackups({
      backups: stores.backups,
      subjects,
      destinations,
      repositories,
      ask: (...asked) => backups.ask(...asked),
      runner,
    }),

    /** What could not be ended before: removals from a destination that was away. */
    takeUp: (): void => runner.takeUp(),
    start(): void {
      runner.start()
      due.start()
    },
    async stop(): Promise<void> {
      await due.stop()
      await checks.stop()
      await runner.stop()
    },
  }
}
export type BackupParts = ReturnType<typeof composeBackupParts>
