import { type ChangeLogSettings, LogSettings } from '@vastrox/shared/log.ts'
import { z } from 'zod'
import { MEGABYTE } from '#lib/bytes.ts'
import { t } from '#lib/words.ts'

const { keepDays, linesPerSecond } = LogSettings.shape

const number = (schema: z.ZodType<number>, said: string) =>
  z.coerce.number(said).refine((value) => schema.safeParse(value).success, said)

/** How long lines are kept, as people write it: days and megabytes. */
export const KeepForm = z.object({
  keepDays: number(keepDays, t('1 to 365 days.')),
  keepMb: z.coerce
    .number(t('Give a number of megabytes.'))
    .min(2, t('At least 2 MB.'))
    .max(1_000_000),
  linesPerSecond: number(linesPerSecond, t('10 to 1,000,000 lines a second.')),
})
export type KeepForm = z.infer<typeof KeepForm>

export const toKeepForm = (settings: LogSettings): KeepForm => ({
  keepDays: settings.keepDays,
  keepMb: Math.round(settings.keepBytes / MEGABYTE),
  linesPerSecond: settings.linesPerSecond,
})

/** What goes to the server. */
export const toKeepSettings = (form: KeepForm): ChangeLogSettings => ({
  keepDays: form.keepDays,
  keepBytes: Math.round(form.keepMb * MEGABYTE),
  linesPerSecond: form.linesPerSecond,
})
