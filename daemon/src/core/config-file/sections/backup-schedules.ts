import {
  ChangeBackupSchedule,
  CreateBackupSchedule,
  DestinationName,
  Retention,
  SubjectRef,
} from '@vastrox/shared/backup.ts'
import type { BackupSchedule } from '@vastrox/shared/backup.ts'
import { configShape } from '@vastrox/shared/config-shape.ts'
import { z } from 'zod'
import type { LoadBackups } from '#core/backups/backup-services.ts'
import type { ScheduleService } from '#core/backups/schedule-service.ts'
import { type ConfigSection, oneByOne, pick, type SectionPlace } from '#core/config-file/section.ts'

const NAME = z.string().refine((name) => {
  const [subject, destination, more] = name.split('@')
  return (
    more === undefined &&
    SubjectRef.safeParse(subject).success &&
    DestinationName.safeParse(destination).success
  )
}, 'Write what is backed up and where to: addon:shop-db@offsite.')

const nameOf = ({ subject, destination }: BackupSchedule): string =>
  `${subject.type === 'platform' ? 'platform' : `${subject.type}:${subject.name}`}@${destination}`

/** What is backed up when and where to, and how much of it is kept. */
export function backupSchedulesSection(load: LoadBackups): ConfigSection {
  const schedules = async (): Promise<ScheduleService> => (await load()).schedules
  const idOf = async ({ actor }: SectionPlace, name: string): Promise<string> =>
    (await schedules()).list(actor).find((each) => nameOf(each) === name)?.id ?? ''
  return {
    name: 'backupSchedules',
    isSingle: false,
    names: NAME,
    shape: configShape(ChangeBackupSchedule.shape),
    usual: { timeZone: null, retention: Retention.parse({}), mode: 'live', isEnabled: true },
    required: ['schedule'],
    async read({ actor }) {
      const all = (await schedules()).list(actor)
      return Object.fromEntries(
        all.map((each) => [nameOf(each), pick(each, ChangeBackupSchedule.keyof().options)]),
      )
    },
    make: oneByOne({
      async create({ actor }, { name, after }) {
        const [subject, destination] = name.split('@')
        const wish = CreateBackupSchedule.parse({ ...after, subject, destination })
        const { id } = (await schedules()).create(actor, wish)
        if (after['isEnabled'] === false)
          (await schedules()).change(actor, id, { isEnabled: false })
      },
      change: async (place, { name, said }) =>
        (await schedules()).change(
          place.actor,
          await idOf(place, name),
          ChangeBackupSchedule.parse(said),
        ),
      remove: async (place, { name }) =>
        (await schedules()).remove(place.actor, await idOf(place, name)),
    }),
  }
}
