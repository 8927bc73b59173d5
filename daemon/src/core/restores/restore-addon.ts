import type { DrillCheck } from '@vastrox/shared/backup.ts'
import { CodedError, type ErrorCode, sayError } from '@vastrox/shared/errors.ts'
import { isAllGood, sayWorst } from '#core/drills/drill-checks.ts'
import type { AddonLoader, OnProgress, Place } from '#core/drills/load-addon.ts'
import type { RestoreBook } from '#core/restores/restore-book.ts'
import type {
  GoodBackup,
  KeptBackups,
  KnownAddon,
  RecordedContent,
  Servers,
  TakeTurn,
} from '#core/backups/way-back.ts'
import type { Clock } from '#ports/clock.ts'
import type { NewId } from '#ports/ids.ts'
import type { RestoreRecord } from '#store/restore-store.ts'

interface Deps {
  servers: Servers
  loader: AddonLoader
  backups: Pick<KeptBackups, 'findForPlatform' | 'saveNow'>
  book: RestoreBook
  clock: Clock
  newId: NewId
  /** The node's, one at a time. */
  takeTurn: TakeTurn
  crashPoint: (name: string) => void
}

/** A node that starts anew, or an agent, takes some time until its servers answer. */
const PUT_BACK_AGAIN_MS = [1_000, 5_000, 15_000, 60_000, 120_000, 300_000] as const
/** Another try finds them as they are. */
const GONE: readonly ErrorCode[] = ['ADDON_NOT_FOUND', 'BACKUP_NOT_FOUND', 'BACKUP_NOT_GOOD']

/** What is put into a server: a backup's dump, or somebody's own. */
export interface AddonContent {
  addon: NonNullable<RecordedContent['addon']>
  counts: RecordedContent['counts']
  load(place: Place, onProgress: OnProgress, signal: AbortSignal): Promise<DrillCheck[]>
}

/** Puts content into an add-on: beside it, in its place, or over it. */
export function createRestoreAddon(deps: Deps) {
  const { servers, loader, backups, book, clock } = deps

  const contentOf = (backup: GoodBackup): AddonContent => {
    const { addon, counts } = backup.content
    if (!addon)
      throw new CodedError('BACKUP_NOT_GOOD', { reason: 'It does not say what server it is of.' })
    return {
      addon,
      counts,
      load: (place, onProgress, signal) =>
        loader.load(backup, addon.kind, place, onProgress, signal),
    }
  }

  function mustFind(record: RestoreRecord): KnownAddon {
    const found = servers.findForPlatform(record.subject.id)
    if (!found) throw new CodedError('ADDON_NOT_FOUND', { name: record.subject.name })
    return found
  }

  async function fill(...given: Parameters<typeof fillNow>): Promise<RestoreRecord> {
    const endTurn = await deps.takeTurn(given[3])
    try {
      return await fillNow(...given)
    } finally {
      endTurn()
    }
  }

  /** Loads and looks; gives the record as it is then. Throws RESTORE_FAILED where not all is there. */
  async function fillNow(
    record: RestoreRecord,
    content: AddonContent,
    place: Place,
    signal: AbortSignal,
  ): Promise<RestoreRecord> {
    const onProgress: OnProgress = (done) => book.progress(record, done)
    const bytes = await content.load(place, onProgress, signal)
    const checking = book.move(record, 'checking', { progress: 1 })
    const checks = [...bytes, ...(await loader.check(content.addon.kind, place, content.counts))]
    const checked = book.save({ ...checking, checks })
    if (!isAllGood(checks)) throw new CodedError('RESTORE_FAILED', { reason: sayWorst(checks) })
    return checked
  }

  async function beside(
    record: RestoreRecord,
    content: AddonContent,
    signal: AbortSignal,
  ): Promise<void> {
    const { kind, version, memoryBytes } = content.addon
    const name = record.name ?? ''
    const id = deps.newId()
    // Named before it is made, which may take minutes: whatever a crash leaves of it is found again.
    let now = book.move(record, 'restoring', { target: name, madeId: id })
    const wish = { id, name, kind, version, memoryBytes }
    const made = await servers.create(record.teamId, wish, signal)
    try {
      deps.crashPoint('restore.beside')
      now = await fill(now, content, placeOf(made), signal)
    } catch (error) {
      await servers.destroy(made.id)
      throw error
    }
    book.done(now)
  }

  async function takePlace(
    record: RestoreRecord,
    content: AddonContent,
    signal: AbortSignal,
  ): Promise<void> {
    const target = mustFind(record)
    const { kind, version, memoryBytes } = content.addon
    const volumeId = deps.newId()
    let now = book.move(record, 'restoring', { target: target.name, madeId: volumeId })
    const wish = {
      kind,
      version,
      memoryBytes: Math.max(memoryBytes, target.memoryBytes),
      volumeId,
      like: target.id,
    }
    const place = await servers.startThrowAway(wish, signal)
    try {
      deps.crashPoint('restore.restoring')
      now = await fill(now, content, place, signal)
      deps.crashPoint('restore.checked')
      now = book.move(now, 'switching')
      deps.crashPoint('restore.switching')
      await servers.replaceData(target.id, volumeId).catch((error: unknown) => {
        if (servers.findForPlatform(target.id)?.volumeId !== volumeId) throw error
        throw new CodedError('RESTORE_FAILED', {
          reason: `${sayError(error)} What was restored has taken the place all the same; what was there is in the trash.`,
        })
      })
      deps.crashPoint('restore.switched')
      book.done(now)
    } finally {
      await place.stop()
    }
  }

  async function over(
    record: RestoreRecord,
    content: AddonContent,
    signal: AbortSignal,
  ): Promise<void> {
    const target = mustFind(record)
    const saving = book.move(record, 'saving', { target: target.name })
    const saved = await backups.saveNow(record, signal)
    const noted = book.save({ ...saving, safetyBackupId: saved.id })
    deps.crashPoint('restore.saved')
    const now = book.move(noted, 'restoring', { isTouched: true })
    const place = placeOf(target)
    servers.sayRestoring(target.id, true)
    try {
      await loader.clear(content.addon.kind, place)
      deps.crashPoint('restore.cleared')
      const filled = await fill(now, content, place, signal)
      servers.sayRestoring(target.id, false)
      await servers.restoreUsers(target.id)
      book.done(filled)
    } catch (error) {
      // Whoever stops the daemon: the next one puts it back.
      signal.throwIfAborted()
      const reason = sayError(error)
      throw new CodedError('RESTORE_FAILED', { reason: `${reason} ${await putBack(now, signal)}` })
    } finally {
      if (!signal.aborted) servers.sayRestoring(target.id, false)
    }
  }

  /** What was there before a restore over it that failed; says how that went. */
  async function putBack(record: RestoreRecord, signal: AbortSignal): Promise<string> {
    for (let tries = 0; ; tries += 1)
      try {
        await putBackOnce(record, signal)
        return 'What was there before is back.'
      } catch (error) {
        signal.throwIfAborted()
        const waitMs = PUT_BACK_AGAIN_MS[tries]
        if (waitMs === undefined || (error instanceof CodedError && GONE.includes(error.code)))
          return `What was there before could not be put back (${sayError(error)}): it is in backup ${record.safetyBackupId ?? '?'}.`
        await clock.sleep(waitMs, signal)
      }
  }

  async function putBackOnce(record: RestoreRecord, signal: AbortSignal): Promise<void> {
    const safety = backups.findForPlatform(record.safetyBackupId ?? '')
    const target = mustFind(record)
    if (!safety) throw new CodedError('BACKUP_NOT_FOUND')
    const content = contentOf(safety)
    const place = placeOf(target)
    servers.sayRestoring(target.id, true)
    await loader.clear(content.addon.kind, place)
    const bytes = await content.load(place, () => {}, signal)
    const checks = [...bytes, ...(await loader.check(content.addon.kind, place, content.counts))]
    servers.sayRestoring(target.id, false)
    await servers.restoreUsers(target.id)
    if (!isAllGood(checks)) throw new CodedError('RESTORE_FAILED', { reason: sayWorst(checks) })
  }

  return {
    contentOf,

    run: (record: RestoreRecord, content: AddonContent, signal: AbortSignal): Promise<void> => {
      if (record.how === 'new') return beside(record, content, signal)
      if (record.how === 'switch') return takePlace(record, content, signal)
      return over(record, content, signal)
    },

    /**
     * After a crash. A switch that has taken place counts; of all else nothing stays, and what was there
     * serves on. Resolves once the row has an end.
     */
    async takeUp(record: RestoreRecord, signal: AbortSignal): Promise<void> {
      const { state, how, madeId, subject } = record
      // The row of the add-on says whether it had taken place; a throw-away does not outlive us.
      if (state === 'switching' && servers.findForPlatform(subject.id)?.volumeId === madeId) {
        book.done(record)
        return
      }
      if (how === 'new' && madeId !== null) await servers.destroy(madeId)
      const after = record.isTouched
        ? await putBack(record, signal)
        : 'What was there is as it was.'
      signal.throwIfAborted()
      if (record.isTouched) servers.sayRestoring(subject.id, false)
      book.fail(record, `Vastrox ended while it was ${state}. ${after}`)
    },
  }
}
export type RestoreAddon = ReturnType<typeof createRestoreAddon>

const placeOf = ({ serverId, root }: KnownAddon): Place => ({ addonId: serverId, root })
