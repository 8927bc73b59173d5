import { z } from 'zod'

/**
 * Something that was destroyed: stopped and kept. After 7 days it may be purged by its name; nothing
 * in the trash ever goes by itself.
 */
export const TrashItem = z.object({
  kind: z.enum(['app', 'volume', 'addon']),
  id: z.string(),
  name: z.string(),
  /** Of a volume: whose it was. */
  app: z.string().nullable(),
  /** null where it has not been measured. */
  sizeBytes: z.int().nullable(),
  destroyedAt: z.iso.datetime(),
  purgeableAt: z.iso.datetime(),
  /** Its data is being removed: it does not come back. */
  isPurging: z.boolean(),
})
export type TrashItem = z.infer<typeof TrashItem>

/** How long it cannot be purged even by somebody who wants to. */
export const TRASH_MS = 7 * 24 * 60 * 60 * 1_000

/** From then on it may be purged. */
export const purgeableAt = (destroyedAt: string): Date =>
  new Date(Date.parse(destroyedAt) + TRASH_MS)
