import type { Database } from '#store/database.ts'

/** The newest so many days are kept, by their number and not their age: a clock that is ahead takes none. */
export const KEPT_DAYS = 90

interface DayRow {
  node: string
  day: string
  subject: string
  bytes: number
}

/** What each disk, app and add-on took, day by day. */
export function createDiskDayStore(db: Database) {
  const upsert = db.prepare<DayRow>(
    `INSERT INTO disk_days (node, day, subject, bytes) VALUES (@node, @day, @subject, @bytes)
     ON CONFLICT (node, day, subject) DO UPDATE SET bytes = @bytes`,
  )
  const prune = db.prepare<{ node: string; kept: number }>(
    `DELETE FROM disk_days WHERE node = @node AND day NOT IN (
       SELECT DISTINCT day FROM disk_days WHERE node = @node ORDER BY day DESC LIMIT @kept)`,
  )
  const ofSubject = db.prepare<[node: string, subject: string], Pick<DayRow, 'day' | 'bytes'>>(
    'SELECT day, bytes FROM disk_days INDEXED BY disk_days_of WHERE node = ? AND subject = ? ORDER BY day',
  )
  const hasDay = db
    .prepare<[node: string, day: string], number>(
      'SELECT 1 FROM disk_days WHERE node = ? AND day = ? LIMIT 1',
    )
    .pluck()
  const ofNode = db.prepare<[node: string], Omit<DayRow, 'node'>>(
    'SELECT day, subject, bytes FROM disk_days WHERE node = ? ORDER BY day',
  )

  return {
    /** In a transaction of the caller's. */
    saveForPlatform(
      node: string,
      day: string,
      subjects: readonly { subject: string; bytes: number }[],
    ): void {
      for (const { subject, bytes } of subjects) upsert.run({ node, day, subject, bytes })
      prune.run({ node, kept: KEPT_DAYS })
    },
    hasDayForPlatform: (node: string, day: string): boolean => hasDay.get(node, day) !== undefined,
    /** Oldest first. */
    listForPlatform: (node: string, subject: string): { day: string; bytes: number }[] =>
      ofSubject.all(node, subject),
    /** By subject, oldest first. */
    listAllForPlatform(node: string): ReadonlyMap<string, { day: string; bytes: number }[]> {
      const bySubject = new Map<string, { day: string; bytes: number }[]>()
      for (const { subject, day, bytes } of ofNode.iterate(node)) {
        const days = bySubject.get(subject) ?? []
        bySubject.set(subject, days)
        days.push({ day, bytes })
      }
      return bySubject
    },
  }
}
export type DiskDayStore = ReturnType<typeof createDiskDayStore>
