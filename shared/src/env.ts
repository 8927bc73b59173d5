import { z } from 'zod'
import { Deployment } from './deployment.ts'

/** Rule C2. */
export const EnvKey = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_]{0,127}$/,
    'Use letters, digits and underscores, not beginning with a digit.',
  )

/** Opaque text: quotes, `$`, newlines and anything but NUL come back as they were given. */
export const EnvValue = z
  .string()
  .max(65_536)
  .refine((value) => !value.includes('\0'), 'A value cannot hold a NUL byte.')

/** One variable as the API shows it: the value only where the caller may reveal it. */
export const EnvVariable = z.object({
  key: z.string(),
  value: z.string().nullable(),
  changedAt: z.iso.datetime(),
})
export type EnvVariable = z.infer<typeof EnvVariable>

/** Sets the named variables, unsets those that are null; the others stay. */
export const ChangeEnv = z.object({ set: z.record(EnvKey, EnvValue.nullable()) })
export type ChangeEnv = z.infer<typeof ChangeEnv>

/** The text of a .env file. */
export const ImportEnv = z.object({ text: z.string().max(2_000_000) })
export type ImportEnv = z.infer<typeof ImportEnv>

/** What a change led to: null when nothing was changed, or nothing is live that could be deployed. */
export const EnvChanged = z.object({ deployment: Deployment.nullable() })
export type EnvChanged = z.infer<typeof EnvChanged>

export const EnvImported = EnvChanged.extend({
  keys: z.array(z.string()),
  /** One line each about what was odd in the text. */
  warnings: z.array(z.string()),
})
export type EnvImported = z.infer<typeof EnvImported>
