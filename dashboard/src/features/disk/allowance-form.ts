import type { AppDisk, ChangeAppDisk } from '@vastrox/shared/disk-use.ts'
import { z } from 'zod'
import { t } from '#lib/words.ts'

const GIGABYTE = 2 ** 30
const LEAST = 0.02
const MOST = 1_000_000

/** An allowance as people write it; empty is the part that every app has. */
export const AllowanceForm = z.object({
  gigabytes: z
    .string()
    .trim()
    .transform((text, context) => {
      if (text === '') return null
      const value = Number(text.replace(',', '.'))
      if (Number.isFinite(value) && value >= LEAST && value <= MOST) return value
      context.addIssue({
        code: 'custom',
        message: t('Give a number of gigabytes from {LEAST} on, or nothing.', { LEAST }),
      })
      return z.NEVER
    }),
})

export const toAllowanceText = ({ allowanceBytes }: Pick<AppDisk, 'allowanceBytes'>): string =>
  allowanceBytes === null ? '' : String(Math.round((allowanceBytes / GIGABYTE) * 1_000) / 1_000)

export const toChange = ({ gigabytes }: z.output<typeof AllowanceForm>): ChangeAppDisk => ({
  allowanceBytes: gigabytes === null ? null : Math.round(gigabytes * GIGABYTE),
})
