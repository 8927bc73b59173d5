import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import type { Proof } from '@vastrox/shared/addon.ts'
import type { SubjectOverview } from '@vastrox/shared/backup.ts'
import type { Subjects } from '#core/backups/subjects.ts'
import type { Clock } from '#ports/clock.ts'
import type { BackupScheduleStore } from '#store/backup-schedule-store.ts'
import type { BackupRecord, BackupStore } from '#store/backup-store.ts'
import type { DestinationStore } from '#store/destination-store.ts'

interface Deps {
  backups: Pick<BackupStore, 'listOfSubjectForPlatform' | 'subjectsOfTeamForPlatform'>
  schedules: Pick<BackupScheduleStore, 'list'>
  destinations: Pick<DestinationStore, 'list'>
  subjects: Pick<Subjects, 'list'>
  clock: Clock
}

const MONTH_MS = 30 * 86_400_000

const isGood = ({ state, damage }: BackupRecord): boolean => state === 'done' && damage === null

/** Whether there is a way back (promise 6): the last that was restored for proof, not the last upload. */
export function proofOf(newestFirst: readonly BackupRecord[]): Proof {
  const good = newestFirst.find(isGood)
  const proven = newestFirst
    .filter((one) => one.provenAt !== null && isGood(one))
    .toSorted((one, other) => ((one.provenAt ?? '') < (other.provenAt ?? '') ? 1 : -1))[0]
  const drilled = newestFirst.find(({ drill }) => drill !== null && drill.state !== 'skipped')
  return {
    lastBackupAt: good?.startedAt ?? null,
    provenAt: proven?.provenAt ?? null,
    provenInMs: proven?.drill?.durationMs ?? null,
    failure: drilled?.drill?.state === 'failed' ? drilled.drill.reason : null,
  }
}

/** Everything that can be backed up, and everything that was: with its proof, sizes and growth. */
export function createOverview(deps: Deps) {
  return {
    proofOfSubject: (subject: { type: BackupRecord['subject']['type']; id: string }): Proof =>
      proofOf(deps.backups.listOfSubjectForPlatform(subject)),

    list(actor: Actor): SubjectOverview[] {
      mustBeAble(actor, 'backup.read')
      const there = deps.subjects.list(actor).map(({ subject }) => subject)
      const keys = new Set(there.map(({ type, id }) => `${type} ${id}`))
      const gone = deps.backups
        .subjectsOfTeamForPlatform(actor.teamId)
        .filter(({ type, id }) => !keys.has(`${type} ${id}`))
      const schedules = deps.schedules.list(actor)
      const hasDestination = deps.destinations.list(actor).length > 0
      const since = new Date(deps.clock.now().getTime() - MONTH_MS).toISOString()

      return [...there, ...gone].map((subject) => {
        const records = deps.backups.listOfSubjectForPlatform(subject)
        const done = records.filter(({ state }) => state === 'done')
        const own = schedules.filter(
          (one) => one.subject.type === subject.type && one.subject.id === subject.id,
        )
        const isThere = keys.has(`${subject.type} ${subject.id}`)
        return {
          subject,
          isThere,
          proof: proofOf(records),
          backups: done.length,
          sizeBytes: done[0]?.sizeBytes ?? null,
          storedBytes: sum(done),
          grownBytes: sum(done.filter(({ startedAt }) => (startedAt ?? '') > since)),
          schedules: own.map(({ id }) => id),
          proposedSchedule: isThere && own.length === 0 && hasDestination ? '@daily' : null,
        }
      })
    },
  }
}
export type Overview = ReturnType<typeof createOverview>

const sum = (records: readonly BackupRecord[]): number =>
  records.reduce((total, { addedBytes }) => total + (addedBytes ?? 0), 0)
