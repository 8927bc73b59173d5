import { z } from 'zod'

/** The least that an app may be allowed: below it no program starts well. */
const LEAST_ALLOWED = 16 * 2 ** 20
const MOST_ALLOWED = 2 ** 50

/** What an app takes of the disk with its volumes. */
export const DiskUse = z.object({
  bytes: z.int(),
  allowanceBytes: z.int(),
  /** Said of this app; otherwise the part of the disk that every app has. */
  isOwn: z.boolean(),
  /**
   * Its volumes can be read and not written, and why. They are written again as soon as there is less
   * in them, or more is allowed.
   */
  hold: z.object({ since: z.iso.datetime(), reason: z.string() }).nullable(),
  measuredAt: z.iso.datetime(),
})
export type DiskUse = z.infer<typeof DiskUse>

/** Of one app as the API says it; null where it has no volume, or was not measured yet. */
export const AppDisk = z.object({
  app: z.string(),
  /** What was said of it; null: the part of the disk that every app has. */
  allowanceBytes: z.int().nullable(),
  use: DiskUse.nullable(),
})
export type AppDisk = z.infer<typeof AppDisk>

/** null: as every app has it. */
export const ChangeAppDisk = z.object({
  allowanceBytes: z.int().min(LEAST_ALLOWED).max(MOST_ALLOWED).nullable(),
})
export type ChangeAppDisk = z.infer<typeof ChangeAppDisk>
