import { type App, BranchName, type ChangeAppSettings, HealthPath } from '@vastrox/shared/app.ts'
import { z } from 'zod'
import { MEGABYTE } from '#lib/bytes.ts'
import { t } from '#lib/words.ts'

const seconds = (least: number, most: number) =>
  z.coerce
    .number(t('Give a number of seconds.'))
    .min(least, t('At least {least} s.', { least }))
    .max(most, t('At most {most} s.', { most }))

/** An empty field means that the platform chooses. */
const orEmpty = <Schema extends z.ZodType<string>>(schema: Schema) =>
  z.union([z.literal(''), schema])

/** The settings as people write them: seconds and megabytes, empty for "you choose". */
export const SettingsForm = z.object({
  deployBranch: orEmpty(BranchName),
  healthPath: orEmpty(HealthPath),
  healthTimeoutS: z.union([z.literal(''), seconds(1, 900)]),
  stopGraceS: seconds(0, 600),
  drainS: seconds(0, 600),
  watchS: seconds(0, 900),
  releaseTimeoutS: seconds(1, 3_600),
  duringRelease: z.enum(['serve', 'hold']),
  memoryMb: z.coerce.number(t('Give a number of megabytes.')).int().min(32, t('At least 32 MB.')),
  cpuCores: z.coerce.number(t('Give a number of cores.')).min(0).max(256),
  isolation: z.enum(['compatible', 'read-only', 'strict']),
})
export type SettingsForm = z.infer<typeof SettingsForm>

export const toForm = ({ settings }: App): SettingsForm => ({
  deployBranch: settings.deployBranch ?? '',
  healthPath: settings.healthPath ?? '',
  healthTimeoutS: settings.healthTimeoutMs === null ? '' : settings.healthTimeoutMs / 1_000,
  stopGraceS: settings.stopGraceMs / 1_000,
  drainS: settings.drainMs / 1_000,
  watchS: settings.watchMs / 1_000,
  releaseTimeoutS: settings.releaseTimeoutMs / 1_000,
  duringRelease: settings.holdDuringRelease ? 'hold' : 'serve',
  memoryMb: Math.round(settings.memoryBytes / MEGABYTE),
  cpuCores: settings.cpuMillis / 1_000,
  isolation: isolationOf(settings),
})

export const toSettings = (form: SettingsForm): ChangeAppSettings => ({
  deployBranch: form.deployBranch || null,
  healthPath: form.healthPath || null,
  healthTimeoutMs: form.healthTimeoutS === '' ? null : Math.round(form.healthTimeoutS * 1_000),
  stopGraceMs: Math.round(form.stopGraceS * 1_000),
  drainMs: Math.round(form.drainS * 1_000),
  watchMs: Math.round(form.watchS * 1_000),
  releaseTimeoutMs: Math.round(form.releaseTimeoutS * 1_000),
  holdDuringRelease: form.duringRelease === 'hold',
  memoryBytes: form.memoryMb * MEGABYTE,
  cpuMillis: Math.round(form.cpuCores * 1_000),
  ...(form.isolation === 'strict'
    ? { isolation: 'strict' }
    : { isolation: 'compatible', readOnlyRoot: form.isolation === 'read-only' }),
})

const isolationOf = ({ isolation, readOnlyRoot }: App['settings']): SettingsForm['isolation'] => {
  if (isolation === 'strict') return 'strict'
  return readOnlyRoot ? 'read-only' : 'compatible'
}
