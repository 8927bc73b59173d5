import { CodedError } from '@vastrox/shared/errors.ts'
import type { AlertBook } from '#core/alerts/alert-book.ts'
import type { MetaStore } from '#store/meta-store.ts'

interface Deps {
  book: Pick<AlertBook, 'note'>
  meta: Pick<MetaStore, 'readNoteForPlatform' | 'writeNoteForPlatform'>
  operators: () => string
  /** Of the machine, since it started. */
  bootId: string
  /** Of the file that the marks are in: what was restored is in another one. */
  fileId: string
  onProblem: (what: string, error: unknown) => void
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const DAMAGE = /SQLITE_(CORRUPT|NOTADB)|database disk image is malformed/

/** What the daemon knows of itself: that it was not stopped the last time, and that a database is damaged. */
export function createPlatformMarks({ book, meta, operators, bootId, fileId, onProblem }: Deps) {
  const platform = {
    subject: { kind: 'platform', id: '', name: 'Vastrox' } as const,
    appId: null,
    link: '/node',
  }
  let isNoting = false

  return {
    /** Marks that a daemon runs; one that finds the mark of another comes after a crash. */
    begin(): void {
      const [before = '', file = fileId] = (meta.readNoteForPlatform('daemon_running') ?? '').split(
        ' ',
      )
      meta.writeNoteForPlatform('daemon_running', `${bootId} ${fileId}`)
      // A backup is made while a daemon runs: its mark says nothing of where it was restored.
      if (before === '' || file !== fileId) return
      const isSameBoot = before === bootId
      book.note({
        ...platform,
        teamId: operators(),
        key: 'daemon-restarted',
        rule: 'daemon-restarted',
        title: isSameBoot
          ? 'Vastrox was started again after a crash'
          : 'The server was started again without having been shut down',
        detail: isSameBoot
          ? 'The daemon ended without having been stopped: it crashed, was killed, or memory ran out. Apps went on serving. Its log says more: vastrox logs --platform.'
          : 'Power was lost, its kernel crashed, or somebody reset it. What ran was started again.',
        endsAfterMs: HOUR_MS,
      })
    },

    end(): void {
      meta.writeNoteForPlatform('daemon_running', '')
    },

    ofProblem(what: string, error: unknown): void {
      if (isNoting || !isDamage(error)) return
      isNoting = true
      try {
        book.note({
          ...platform,
          teamId: operators(),
          key: 'database-damaged',
          rule: 'database-damaged',
          title: 'A database of Vastrox is damaged',
          detail: `${what}: ${String(error)}. Stop Vastrox, look at the disk, and restore the last backup of the platform (docs/BACKUPS.md). It is over when nothing was found damaged for a day.`,
          endsAfterMs: DAY_MS,
        })
      } catch (cause) {
        onProblem('that a database is damaged could not be kept', cause)
      } finally {
        isNoting = false
      }
    },
  }
}

function isDamage(error: unknown): boolean {
  if (error instanceof CodedError) return error.code === 'DATABASE_CORRUPT'
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? String(error.code) : ''
  return DAMAGE.test(`${code} ${error.message}`)
}
