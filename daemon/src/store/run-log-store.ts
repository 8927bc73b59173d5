import { RunLogLine } from '@vastrox/shared/run.ts'
import type { Database } from '#store/database.ts'

interface LogRow {
  run_id: string
  seq: number
  at: string
  kind: string
  text: string
}

/** Lines of runs; they go with their run. Who may read a log is decided on the run's own row. */
export function createRunLogStore(db: Database) {
  const insert = db.prepare<LogRow>(
    'INSERT INTO run_log (run_id, seq, at, kind, text) VALUES (@run_id, @seq, @at, @kind, @text)',
  )
  const after = db.prepare<[runId: string, afterSeq: number, limit: number], LogRow>(
    'SELECT * FROM run_log WHERE run_id = ? AND seq > ? ORDER BY seq LIMIT ?',
  )
  const last = db
    .prepare<[runId: string], number | null>('SELECT max(seq) FROM run_log WHERE run_id = ?')
    .pluck()
  const insertAll = db.transaction((runId: string, lines: readonly RunLogLine[]) => {
    for (const line of lines) insert.run({ ...line, run_id: runId })
  })

  return {
    /** All lines in one transaction. */
    appendForPlatform: (runId: string, lines: readonly RunLogLine[]): void => {
      insertAll(runId, lines)
    },
    listAfterForPlatform: (runId: string, afterSeq: number, limit: number): RunLogLine[] =>
      after.all(runId, afterSeq, limit).map(toLine),
    lastSeqForPlatform: (runId: string): number => last.get(runId) ?? 0,
  }
}
export type RunLogStore = ReturnType<typeof createRunLogStore>

const toLine = ({ seq, at, kind, text }: LogRow): RunLogLine =>
  RunLogLine.parse({ seq, at, kind, text })
