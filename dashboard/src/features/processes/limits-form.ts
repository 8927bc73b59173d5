import type { ChangeProcess, Process } from '@vastrox/shared/process.ts'
import { z } from 'zod'
import { MEGABYTE } from '#lib/bytes.ts'
import { t } from '#lib/words.ts'

/** A number, or nothing where the process is to have what the whole app has. */
const numberOrEmpty = (least: number, most: number, unit: string) =>
  z
    .string()
    .trim()
    .transform((text, context) => {
      if (text === '') return null
      const value = Number(text.replace(',', '.'))
      if (Number.isFinite(value) && value >= least && value <= most) return value
      context.addIssue({
        code: 'custom',
        message: t('Give a number of {unit} from {least} to {most}, or nothing.', {
          unit,
          least,
          most,
        }),
      })
      return z.NEVER
    })

/** Limits of a process as people write them; an empty field is the app's. */
export const LimitsForm = z.object({
  memoryMb: numberOrEmpty(32, 1_048_576, 'megabytes'),
  cpuCores: numberOrEmpty(0, 256, 'cores'),
  stopGraceS: numberOrEmpty(0, 600, 'seconds'),
})
export type LimitsText = z.input<typeof LimitsForm>

export const toLimitsText = ({ ownLimits }: Pick<Process, 'ownLimits'>): LimitsText => ({
  memoryMb: textOf(ownLimits.memoryBytes, MEGABYTE),
  cpuCores: textOf(ownLimits.cpuMillis, 1_000),
  stopGraceS: textOf(ownLimits.stopGraceMs, 1_000),
})

const textOf = (value: number | undefined, unit: number): string =>
  value === undefined ? '' : String(Math.round((value / unit) * 1_000) / 1_000)

export const toChange = (form: z.output<typeof LimitsForm>): ChangeProcess => ({
  memoryBytes: form.memoryMb === null ? null : Math.round(form.memoryMb * MEGABYTE),
  cpuMillis: form.cpuCores === null ? null : Math.round(form.cpuCores * 1_000),
  stopGraceMs: form.stopGraceS === null ? null : Math.round(form.stopGraceS * 1_000),
})
