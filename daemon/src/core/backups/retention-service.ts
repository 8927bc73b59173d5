import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import type { RetentionPlan } from '@vastrox/shared/backup.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { systemActor } from '#core/access/system-actor.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { BackupService } from '#core/backups/backup-service.ts'
import type { ClockWatch } from '#core/backups/clock-watch.ts'
import { chooseRetained } from '#core/backups/retention.ts'
import type { BackupScheduleRecord, BackupScheduleStore } from '#store/backup-schedule-store.ts'
import type { BackupRecord, BackupStore } from '#store/backup-store.ts'

interface Deps {
  backups: Pick<BackupStore, 'listOfSubjectForPlatform' | 'isNeededForPlatform'>
  schedules: Pick<BackupScheduleStore, 'find' | 'findOfPairForPlatform'>
  removal: Pick<BackupService, 'beginRemoval'>
  clockWatch: ClockWatch
  audit: Pick<AuditLog, 'append'>
}

/**
 * What a schedule keeps: computed from the rows, by ids, never by a name or the beginning of one (rule
 * B6). The plan can be looked at before; what a run removes is written down with the reason of each
 * one that stays.
 */
export function createRetentionService(deps: Deps) {
  const doneOf = ({ subject, destinationId }: BackupScheduleRecord): BackupRecord[] =>
    deps.backups
      .listOfSubjectForPlatform(subject, destinationId)
      .filter(({ state }) => state === 'done')

  function planOf(schedule: BackupScheduleRecord): RetentionPlan {
    const done = doneOf(schedule)
    const chosen = chooseRetained(done, schedule.retention)
    const needed = new Set(chosen.remove.filter((id) => deps.backups.isNeededForPlatform(id)))
    const startOf = new Map(
      done.map(({ id, startedAt, askedAt }) => [id, startedAt ?? askedAt] as const),
    )
    return {
      keep: [
        ...chosen.keep,
        ...[...needed].map((id) => ({ id, why: ['a restore under way needs it'] })),
      ].map(({ id, why }) => ({ id, startedAt: startOf.get(id) ?? '', why })),
      remove: chosen.remove
        .filter((id) => !needed.has(id))
        .map((id) => ({ id, startedAt: startOf.get(id) ?? '' })),
      later: chosen.later,
      refused: deps.clockWatch.hasMoved()
        ? 'The clock of the server was moved: nothing is removed for a day.'
        : null,
    }
  }

  return {
    /** What would be removed now, and why the others stay. */
    plan(actor: Actor, scheduleId: string): RetentionPlan {
      mustBeAble(actor, 'backup.read')
      const schedule = deps.schedules.find(actor, scheduleId)
      if (!schedule) throw new CodedError('BACKUP_SCHEDULE_NOT_FOUND')
      return planOf(schedule)
    },

    /** After each good backup. Without a schedule nothing is ever removed by itself. */
    run({ subject, destinationId }: Pick<BackupRecord, 'subject' | 'destinationId'>): string[] {
      const schedule = deps.schedules.findOfPairForPlatform(subject, destinationId)
      if (!schedule?.isEnabled) return []
      const plan = planOf(schedule)
      if (plan.refused !== null || plan.remove.length === 0) return []
      const byId = new Map(doneOf(schedule).map((record) => [record.id, record]))
      const actor = systemActor(schedule.teamId)
      const target = `${subject.type}:${subject.name}`
      deps.audit.append({ actor, action: 'backup.retention', target, details: { ...plan } })
      for (const { id } of plan.remove) {
        const record = byId.get(id)
        if (record) deps.removal.beginRemoval(actor, record, { by: 'retention' })
      }
      return plan.remove.map(({ id }) => id)
    },
  }
}
export type RetentionService = ReturnType<typeof createRetentionService>
