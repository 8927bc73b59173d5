import type { App, ChangeAppSettings } from '@vastrox/shared/app.ts'
import { z } from 'zod'
import { t } from '#lib/words.ts'

const MINUTE_MS = 60_000

/** Empty minutes: it never sleeps by itself. */
export const SleepForm = z.object({
  afterMinutes: z.union([
    z.literal(''),
    z.coerce
      .number(t('Give a number of minutes.'))
      .min(1, t('At least 1 minute.'))
      .max(33_000, t('At most 33,000 minutes.')),
  ]),
  workers: z.enum(['stay', 'sleep']),
  monitors: z.enum(['ignored', 'visitors']),
})
export type SleepForm = z.infer<typeof SleepForm>

export const toSleepForm = ({ settings }: App): SleepForm => ({
  afterMinutes: settings.sleepAfterMs === null ? '' : settings.sleepAfterMs / MINUTE_MS,
  workers: settings.sleepWorkers ? 'sleep' : 'stay',
  monitors: settings.sleepIgnoresMonitors ? 'ignored' : 'visitors',
})

export const toSleepSettings = (form: SleepForm): ChangeAppSettings => ({
  sleepAfterMs: form.afterMinutes === '' ? null : Math.round(form.afterMinutes * MINUTE_MS),
  sleepWorkers: form.workers === 'sleep',
  sleepIgnoresMonitors: form.monitors === 'ignored',
})
