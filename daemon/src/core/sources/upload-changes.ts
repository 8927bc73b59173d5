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

const SEPARATOR = ', '
/** A release names so many who have written what is in it, the last ones. */
const MAX_NAMED = 5

/** Apps whose files have changed since they were published. The row is written at the first change. */
export function createUploadChanges({ uploads, events, clock }: Deps) {
  /** By app: how many changes there were, when the last one was, and whose of them the row names. */
  const seen = new Map<string, { count: number; atMs: number; writtenBy: readonly string[] }>()

  function tell({ teamId, name }: Pick<AppRecord, 'teamId' | 'name'>): void {
    events.emit({ teamId, type: 'uploads.changed', app: name, subject: null })
  }

  function touch(appId: string): void {
    const before = seen.get(appId)
    const count = (before?.count ?? 0) + 1
    seen.set(appId, { count, atMs: clock.elapsedMs(), writtenBy: before?.writtenBy ?? [] })
  }

  /** Whom the row names already; nobody: it has to be looked at. */
  function remember(appId: string, writtenBy: readonly string[]): void {
    const now = seen.get(appId)
    if (now) seen.set(appId, { ...now, writtenBy })
  }

  return {
    tell,

    /** One more change, where the row says so already; false where it does not. */
    again(appId: string, by: string | undefined): boolean {
      const writtenBy = seen.get(appId)?.writtenBy ?? []
      if (writtenBy.length === 0 || (by !== undefined && !writtenBy.includes(by))) return false
      touch(appId)
      return true
    },

    /** By nobody who can be told: whoever changed something before. */
    note(app: AppRecord, who: string | undefined): void {
      touch(app.id)
      const record = uploadRecordOf(uploads, app)
      const before = record.changedAt === null ? [] : (record.changedBy?.split(SEPARATOR) ?? [])
      const named = [...new Set([...before, ...(who === undefined ? [] : [who])])].slice(-MAX_NAMED)
      const all = named.length === 0 ? ['vastrox'] : named
      const by = all.join(SEPARATOR)
      remember(app.id, all)
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
      remember(app.id, [])
      uploads.saveForPlatform({ ...record, changedAt: null, changedBy: null, problem: null })
      tell(app)
    },

    /** It could not be published by itself; the next change makes it try again. */
    failed(app: AppRecord, problem: string): void {
      remember(app.id, [])
      uploads.saveForPlatform({ ...uploadRecordOf(uploads, app), problem })
      tell(app)
    },
  }
}
export type UploadChanges = ReturnType<typeof createUploadChanges>
