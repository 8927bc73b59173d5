import type { EventStream } from '#ports/event-stream.ts'
import type { Clock } from '#ports/clock.ts'
import { uploadRecordOf } from '#core/sources/upload-record.ts'
import type { AppRecord } from '#store/app-store.ts'
import type { UploadStore } from '#store/upload-store.ts'

interface Deps {
  uploads: UploadStore
  events: EventStream
  clock: Clock
}

/** Apps whose files have changed since they were published. The row is written at the first change. */
export function createUploadChanges({ uploads, events, clock }: Deps) {
  /** By app: how many changes there were, and when the last one was. */
  const seen = new Map<string, { count: number; atMs: number; writtenBy: string | undefined }>()

  function tell({ teamId, name }: Pick<AppRecord, 'teamId' | 'name'>): void {
    events.emit({ teamId, type: 'uploads.changed', app: name, subject: null })
  }

  function touch(appId: string): void {
    const before = seen.get(appId)
    const count = (before?.count ?? 0) + 1
    seen.set(appId, { count, atMs: clock.elapsedMs(), writtenBy: before?.writtenBy })
  }

  /** What the row says already; undefined: it has to be looked at. */
  function remember(appId: string, writtenBy: string | undefined): void {
    const now = seen.get(appId)
    if (now) seen.set(appId, { ...now, writtenBy })
  }

  return {
    tell,

    /** One more change, where the row says so already; false where it does not. */
    again(appId: string, by: string | undefined): boolean {
      const writtenBy = seen.get(appId)?.writtenBy
      if (writtenBy === undefined || (by !== undefined && by !== writtenBy)) return false
      touch(appId)
      return true
    },

    /** By nobody who is still there: whoever changed something before. */
    note(app: AppRecord, who: string | undefined): void {
      touch(app.id)
      const record = uploadRecordOf(uploads, app)
      const by = who ?? record.changedBy ?? 'vastrox'
      remember(app.id, by)
      if (record.changedAt !== null && record.changedBy === by && record.problem === null) return
      uploads.saveForPlatform({
        ...record,
        changedAt: record.changedAt ?? clock.now().toISOString(),
        changedBy: by,
        problem: null,
      })
      tell(app)
    },

    count: (appId: string): number => seen.get(appId)?.count ?? 0,

    /** Of the clock that nobody sets; undefined where nothing has changed since the start. */
    lastAtMs: (appId: string): number | undefined => seen.get(appId)?.atMs,

    /** What had been changed up to `count` is published now, or undone. */
    published(app: AppRecord, count: number): void {
      const record = uploadRecordOf(uploads, app)
      const isAll = (seen.get(app.id)?.count ?? 0) === count
      if (!isAll || record.changedAt === null) return
      remember(app.id, undefined)
      uploads.saveForPlatform({ ...record, changedAt: null, changedBy: null, problem: null })
      tell(app)
    },

    /** It could not be published by itself; the next change makes it try again. */
    failed(app: AppRecord, problem: string): void {
      remember(app.id, undefined)
      uploads.saveForPlatform({ ...uploadRecordOf(uploads, app), problem })
      tell(app)
    },
  }
}
export type UploadChanges = ReturnType<typeof createUploadChanges>
