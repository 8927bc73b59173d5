import type { Repository } from '@vastrox/shared/agent-api-backups.ts'
import { CodedError, sayError } from '@vastrox/shared/errors.ts'
import type { NoteNews } from '#core/backups/backup-news.ts'
import type { Repositories } from '#core/destinations/repositories.ts'
import { countedTime } from '#core/backups/retention.ts'
import type { SubjectContent, Subjects } from '#core/backups/subjects.ts'
import { tagOf, type VerifyBackup } from '#core/backups/verify-backup.ts'
import type { Clock } from '#ports/clock.ts'
import type { NodeBackups } from '#ports/node-backups.ts'
import type { BackupRecord, BackupStore } from '#store/backup-store.ts'
import type { Transact } from '#store/database.ts'

interface Deps {
  backups: BackupStore
  subjects: Pick<Subjects, 'contentOf' | 'countsOf'>
  repositories: Pick<Repositories, 'of'>
  node: Pick<NodeBackups, 'backUp' | 'listSnapshots' | 'forget'>
  verify: VerifyBackup
  /** Stops an app; resolves once nothing of it runs. */
  hold: (appId: string, signal: AbortSignal) => Promise<void>
  /** Starts it again. */
  release: (appId: string) => Promise<void>
  /** The installation, as repositories know it. */
  host: string
  clock: Clock
  transact: Transact
  noteNews: NoteNews
  onProgress: (record: BackupRecord, progress: number | null) => void
  onChange: (record: BackupRecord) => void
  crashPoint: (name: string) => void
  onProblem: (what: string, error: unknown) => void
}

/** Of one backup, from its turn to its end. */
export const BACKUP_TIMEOUT_MS = 6 * 3_600_000
const CLEAN_TIMEOUT_MS = 600_000
/** A node that restarts is back by then. */
const AGAIN_AFTER_MS = [5_000, 20_000, 60_000]
/** One that breaks off every time is at fault itself. */
const MOST_ATTEMPTS = 6
/** Rule B3. */
const LEAST_SHARE = 0.1
/** Whoever stops the daemon: the row stays as it is, and the next daemon goes on. */
export const STOPPING = Symbol('the daemon stops')

/**
 * One backup, as its row says it: what is left of an attempt before is removed, the content is stored,
 * its size is judged, it is read again, and only then it counts. Whatever goes wrong, nothing of it is
 * kept, and the row says why (rules B3, B5, K3). Never rejects.
 */
export function createRunBackup(deps: Deps) {
  const { backups, subjects, node, clock, transact } = deps
  const now = (): string => clock.now().toISOString()

  function save(record: BackupRecord): BackupRecord {
    backups.saveForPlatform(record)
    deps.onChange(record)
    return record
  }

  /** By its tag: a daemon that was killed does not know what it had begun. */
  async function removeLeftovers(
    repository: Repository,
    ids: readonly string[],
    signal: AbortSignal,
  ): Promise<void> {
    for (const id of ids) {
      const found = await node.listSnapshots(repository, tagOf(id))
      const snapshotIds = found.map(({ snapshotId }) => snapshotId)
      if (snapshotIds.length > 0) await node.forget(repository, snapshotIds, signal)
    }
  }

  async function store(
    record: BackupRecord,
    repository: Repository,
    content: SubjectContent,
    signal: AbortSignal,
  ): Promise<BackupRecord> {
    const before = await subjects.countsOf(record.subject, signal)
    const { type, id } = record.subject
    const subjectTag = `subject=${type}:${id}`
    content.judge?.(await node.listSnapshots(repository, subjectTag))
    const usual = sizeBefore(record)
    const done = await node.backUp(
      {
        backupId: record.id,
        repository,
        host: deps.host,
        tags: [tagOf(record.id), subjectTag, `group=${record.groupId}`, ...(content.tags ?? [])],
        content: content.content,
        timeoutMs: BACKUP_TIMEOUT_MS,
      },
      content.body,
      ({ bytesDone, bytesTotal }) =>
        deps.onProgress(record, shareOf(bytesDone, bytesTotal ?? usual)),
      signal,
    )
    deps.crashPoint('backup.stored')
    const after = await subjects.countsOf(record.subject, signal)
    return save({
      ...record,
      mode: content.mode,
      snapshotId: done.snapshotId,
      sizeBytes: done.sizeBytes,
      addedBytes: done.addedBytes,
      manifest: {
        fileName: content.fileName,
        counts: before && after && { before, after },
        sizeBytes: done.sizeBytes,
        sha256: done.sha256,
        toolVersion: done.toolVersion,
        files: done.files,
        origin: content.origin,
        warnings: done.warnings,
      },
    })
  }

  const goodBefore = ({ subject, seq }: BackupRecord): BackupRecord | undefined =>
    backups
      .listOfSubjectForPlatform(subject)
      .find((one) => one.state === 'done' && one.damage === null && one.seq < seq)

  const sizeBefore = (record: BackupRecord): number | null => goodBefore(record)?.sizeBytes ?? null

  function mustBeLargeEnough(record: BackupRecord): void {
    const before = sizeBefore(record)
    const size = record.sizeBytes ?? 0
    if (record.allowSmaller || before === null || size >= before * LEAST_SHARE) return
    throw new CodedError('BACKUP_TOO_SMALL', {
      sizeBytes: size,
      beforeBytes: before,
      reason: `It has ${size} bytes, less than a tenth of the ${before} of the one before: something is missing. Where that is right, back up once more and confirm it.`,
    })
  }

  function finish(record: BackupRecord): void {
    const before = backups
      .listOfSubjectForPlatform(record.subject, record.destinationId)
      .filter(({ state, seq }) => (state === 'done' || state === 'removing') && seq < record.seq)
      .map(({ startedAt, askedAt, countedAt }) => ({ startedAt: startedAt ?? askedAt, countedAt }))
    transact(() => {
      save({
        ...record,
        state: 'done',
        reason: null,
        mayLinger: false,
        verifiedAt: now(),
        endedAt: now(),
        countedAt: countedTime(record.startedAt ?? record.askedAt, before),
      })
      deps.noteNews({
        teamId: record.teamId,
        appId: record.appId,
        event: 'backup.made',
        data: { backup: record.id, subject: `${record.subject.type}:${record.subject.name}` },
      })
    })
  }

  function fail(record: BackupRecord, reason: string): BackupRecord {
    const failed: BackupRecord = {
      ...record,
      state: 'failed',
      reason,
      endedAt: now(),
      snapshotId: null,
      mayLinger: record.attempts > 0,
    }
    transact(() => {
      save(failed)
      deps.noteNews({
        teamId: record.teamId,
        appId: record.appId,
        event: 'backup.failed',
        data: {
          backup: record.id,
          subject: `${record.subject.type}:${record.subject.name}`,
          schedule: record.scheduleId,
          reason,
        },
      })
    })
    return failed
  }

  /** What of failed ones may be left at a destination goes at the next occasion. */
  async function tidy(destinationId: string, repository: Repository): Promise<void> {
    const left = backups.listLingeringForPlatform(destinationId)
    if (left.length === 0) return
    const signal = AbortSignal.timeout(CLEAN_TIMEOUT_MS)
    for (const record of left) {
      signal.throwIfAborted()
      await removeLeftovers(repository, [record.id], signal)
      backups.saveForPlatform({ ...record, mayLinger: false })
    }
  }

  async function attempt(given: BackupRecord, signal: AbortSignal): Promise<BackupRecord> {
    const repository = await deps.repositories.of(given.destinationId, signal)
    await tidy(given.destinationId, repository).catch((error: unknown) =>
      deps.onProblem('what failed backups left behind could not be removed', error),
    )
    let record = given
    // Stored already, by a daemon that was killed before it had looked at it.
    if (record.snapshotId === null) {
      if (record.attempts > 1) await removeLeftovers(repository, [record.id], signal)
      const content = await subjects.contentOf(record.subject, {
        backupId: record.id,
        mode: record.wantedMode,
      })
      try {
        if (content.holdAppId !== null) {
          // An attempt before may have stopped it: then it is not wanted because of us.
          const holdsApp = record.holdsApp || content.isAppWanted === true
          record = save({ ...record, holdsApp })
          await deps.hold(content.holdAppId, signal)
        }
        record = await store(record, repository, content, signal)
      } finally {
        await content.end?.()
      }
    }
    mustBeLargeEnough(record)
    if (record.holdsApp) record = await letGo(record)
    await deps.verify(repository, record, signal)
    deps.crashPoint('backup.verified')
    return record
  }

  async function letGo(record: BackupRecord): Promise<BackupRecord> {
    if (record.appId !== null) await deps.release(record.appId)
    return save({ ...(backups.findForPlatform(record.id) ?? record), holdsApp: false })
  }

  /** The node went away under it: it is looked at again once the node is back. */
  async function untilDone(first: BackupRecord, signal: AbortSignal): Promise<BackupRecord> {
    let record = first
    for (const pauseMs of AGAIN_AFTER_MS) {
      try {
        return await attempt(record, signal)
      } catch (error) {
        if (signal.aborted || !isAway(error)) throw error
        await clock.sleep(pauseMs, signal)
        record = save(again(backups.findForPlatform(record.id) ?? record))
      }
    }
    return attempt(record, signal)
  }

  return async (id: string, signal: AbortSignal): Promise<void> => {
    const found = backups.findForPlatform(id)
    if (!found || (found.state !== 'queued' && found.state !== 'running')) return
    if (signal.aborted) {
      fail(found, reasonOf(signal.reason, signal, signal))
      return
    }
    if (found.attempts >= MOST_ATTEMPTS) {
      await settle(fail(found, 'It broke off again and again, with the daemon or the node.'))
      return
    }
    const startedAt = found.startedAt ?? now()
    const begun = save({ ...again(found), state: 'running', startedAt })
    deps.crashPoint('backup.begun')
    const limit = AbortSignal.any([signal, AbortSignal.timeout(BACKUP_TIMEOUT_MS)])
    try {
      finish(await untilDone(begun, limit))
    } catch (error) {
      if (signal.reason === STOPPING) return
      if (isOurs(error, limit)) deps.onProblem(`backup ${id} failed`, error)
      const latest = backups.findForPlatform(id) ?? begun
      await settle(fail(latest, reasonOf(error, signal, limit)))
    }
  }

  /** After a failure: nothing half-kept, and its app runs again. */
  async function settle(failed: BackupRecord): Promise<void> {
    if (failed.holdsApp)
      await letGo(failed).catch((error: unknown) =>
        deps.onProblem(`an app that was stopped for a backup could not be started`, error),
      )
    if (!failed.mayLinger) return
    try {
      const signal = AbortSignal.timeout(CLEAN_TIMEOUT_MS)
      const repository = await deps.repositories.of(failed.destinationId, signal)
      await tidy(failed.destinationId, repository)
    } catch {
      // The row says that something may linger: the next backup to the destination looks again.
    }
  }
}
export type RunBackup = ReturnType<typeof createRunBackup>

const again = (record: BackupRecord): BackupRecord => ({ ...record, attempts: record.attempts + 1 })

/** Nothing that is expected to go wrong: a mistake of ours, here or in the agent, or our database is damaged. */
const isOurs = (error: unknown, limit: AbortSignal): boolean =>
  !limit.aborted &&
  (!(error instanceof CodedError) || error.code === 'INTERNAL' || error.code === 'DATABASE_CORRUPT')

const AWAY: ReadonlySet<string> = new Set(['AGENT_UNREACHABLE', 'ENGINE_UNREACHABLE'])
const isAway = (error: unknown): boolean => error instanceof CodedError && AWAY.has(error.code)

const shareOf = (done: number, total: number | null): number | null =>
  total === null || total <= 0 ? null : Math.min(0.99, done / total)

function reasonOf(error: unknown, signal: AbortSignal, limit: AbortSignal): string {
  if (signal.aborted && signal.reason instanceof CodedError) return sayError(signal.reason)
  if (limit.aborted) return sayError(new CodedError('BACKUP_TIMED_OUT'))
  return sayError(error)
}
