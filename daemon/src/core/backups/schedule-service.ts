import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import type {
  BackupSchedule,
  ChangeBackupSchedule,
  CreateBackupSchedule,
} from '@vastrox/shared/backup.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { DestinationService } from '#core/destinations/destination-service.ts'
import type { ScheduleTimes } from '#core/backups/schedule-times.ts'
import type { Subjects } from '#core/backups/subjects.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { NewId } from '#ports/ids.ts'
import type { BackupScheduleRecord, BackupScheduleStore } from '#store/backup-schedule-store.ts'
import type { Transact } from '#store/database.ts'
import type { DestinationStore } from '#store/destination-store.ts'

interface Deps {
  schedules: BackupScheduleStore
  destinations: Pick<DestinationStore, 'findForPlatform'>
  destinationService: Pick<DestinationService, 'choose'>
  subjects: Pick<Subjects, 'find' | 'findForPlatform'>
  times: ScheduleTimes
  /** A due time may have come nearer. */
  onSchedules: () => void
  audit: Pick<AuditLog, 'append'>
  events: Pick<EventStream, 'emit'>
  clock: Clock
  newId: NewId
  transact: Transact
}

const MAX_SCHEDULES = 1_000

/** When what is backed up, and what of it is kept. */
export function createScheduleService(deps: Deps) {
  const { schedules, times, audit, clock, transact } = deps

  function find(actor: Actor, id: string): BackupScheduleRecord {
    const record = schedules.find(actor, id)
    if (!record) throw new CodedError('BACKUP_SCHEDULE_NOT_FOUND')
    return record
  }

  function show(record: BackupScheduleRecord): BackupSchedule {
    const known = deps.subjects.findForPlatform(record.subject)
    const nextAt = known && record.isEnabled ? times.next(record, clock.now()) : undefined
    return {
      id: record.id,
      // It may have another name by now.
      subject: known?.subject ?? record.subject,
      destination: deps.destinations.findForPlatform(record.destinationId)?.name ?? '-',
      schedule: record.schedule,
      timeZone: record.timeZone,
      retention: record.retention,
      mode: record.mode,
      isEnabled: record.isEnabled,
      nextAt: nextAt?.toISOString() ?? null,
    }
  }

  function mustBeValid(schedule: string, timeZone: string | null): void {
    const reason = times.check(schedule, timeZone)
    if (reason !== undefined) throw new CodedError('BACKUP_SCHEDULE_INVALID', { reason })
  }

  function save(actor: Actor, record: BackupScheduleRecord, action: string): BackupSchedule {
    transact(() => {
      schedules.save(actor, record)
      // Whoever switches it on again is told anew that it is overdue.
      if (!record.isEnabled) schedules.setOverdueToldForPlatform(record.id, null)
      const target = `${record.subject.type}:${record.subject.name}`
      const { id, schedule, retention, isEnabled } = record
      audit.append({ actor, action, target, details: { id, schedule, retention, isEnabled } })
    })
    changed(record.teamId, record.id)
    return show(record)
  }

  function changed(teamId: string, id: string): void {
    deps.events.emit({ teamId, type: 'backups.changed', app: null, subject: id })
    deps.onSchedules()
  }

  return {
    list(actor: Actor): BackupSchedule[] {
      mustBeAble(actor, 'backup.read')
      return schedules.list(actor).map(show)
    },

    get(actor: Actor, id: string): BackupSchedule {
      mustBeAble(actor, 'backup.read')
      return show(find(actor, id))
    },

    /** Throws BACKUP_SCHEDULE_INVALID, BACKUP_SCHEDULE_EXISTS: one of a subject at a destination. */
    create(actor: Actor, wish: CreateBackupSchedule): BackupSchedule {
      mustBeAble(actor, 'backup.manage')
      const { subject, teamId } = deps.subjects.find(actor, wish.subject)
      const destination = deps.destinationService.choose(actor, wish.destination)
      mustBeValid(wish.schedule, wish.timeZone)
      if (schedules.findOfPairForPlatform(subject, destination.id))
        throw new CodedError('BACKUP_SCHEDULE_EXISTS', { destination: destination.name })
      if (schedules.list(actor).length >= MAX_SCHEDULES)
        throw invalid(`A team has ${MAX_SCHEDULES} schedules at most.`)
      const at = clock.now().toISOString()
      return save(
        actor,
        {
          id: deps.newId(),
          teamId,
          subject,
          destinationId: destination.id,
          schedule: wish.schedule,
          timeZone: wish.timeZone,
          retention: wish.retention,
          mode: wish.mode,
          isEnabled: true,
          settledUntil: at,
          overdueToldAt: null,
          createdAt: at,
        },
        'backup-schedule.create',
      )
    },

    change(actor: Actor, id: string, wish: ChangeBackupSchedule): BackupSchedule {
      mustBeAble(actor, 'backup.manage')
      const before = find(actor, id)
      const record: BackupScheduleRecord = {
        ...before,
        schedule: wish.schedule ?? before.schedule,
        timeZone: wish.timeZone === undefined ? before.timeZone : wish.timeZone,
        retention: wish.retention ?? before.retention,
        mode: wish.mode ?? before.mode,
        isEnabled: wish.isEnabled ?? before.isEnabled,
        // Of the time before nothing is made up for by another schedule.
        settledUntil: clock.now().toISOString(),
      }
      mustBeValid(record.schedule, record.timeZone)
      return save(actor, record, 'backup-schedule.change')
    },

    /** What was backed up by it stays. */
    remove(actor: Actor, id: string): void {
      mustBeAble(actor, 'backup.manage')
      const { subject, teamId } = find(actor, id)
      transact(() => {
        schedules.remove(actor, id)
        const target = `${subject.type}:${subject.name}`
        audit.append({ actor, action: 'backup-schedule.remove', target, details: { id } })
      })
      changed(teamId, id)
    },
  }
}
export type ScheduleService = ReturnType<typeof createScheduleService>

const invalid = (reason: string): CodedError =>
  new CodedError('BACKUP_SCHEDULE_INVALID', { reason })
