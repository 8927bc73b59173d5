import { z } from 'zod'
import { ProcessName } from './process.ts'

export const VolumeName = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,38}[a-z0-9]$/,
    'Use 2 to 40 lower-case letters, digits or hyphens, beginning with a letter.',
  )

/** Where apps of our own stacks have their source; a relative mount path begins there. */
const APP_FOLDER = ['srv', 'app']

/** What an image cannot do without, and what the kernel shows; below some of them nothing either. */
const TAKEN = /^\/(?:|bin|boot|etc|lib|lib32|lib64|opt|root|run|sbin|srv|srv\/app|tmp|usr|var)$/
const NEVER_BELOW = /^\/(?:proc|sys|dev|run\/vastrox)(?:\/|$)/

/** An absolute path inside an instance, normalised; `storage/uploads` means one in the app's own folder. */
export const MountPath = z
  .string()
  .min(1)
  .max(500)
  .regex(/^[^\p{Cc}\\,:]+$/u, 'Use a path without colons, commas or backslashes.')
  .refine((path) => !path.split('/').includes('..'), 'Use a path without `..`.')
  .transform(normalise)
  .refine(
    (path) => !TAKEN.test(path) && !NEVER_BELOW.test(path),
    'A volume cannot be put there: what the image needs would be hidden.',
  )

function normalise(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  const inside = path.startsWith('/') ? parts : [...APP_FOLDER, ...parts]
  return `/${inside.join('/')}`
}

/** A directory that outlives instances. */
export const Volume = z.object({
  name: VolumeName,
  mountPath: z.string(),
  /** The processes that get it; null means all. */
  processes: z.array(ProcessName).nullable(),
  /**
   * Only one instance may have it at a time: its process is replaced by "recreate with hold", and
   * has one instance (rule D5).
   */
  exclusive: z.boolean(),
  /** null until it has been measured. */
  sizeBytes: z.int().nullable(),
  createdAt: z.iso.datetime(),
})
export type Volume = z.infer<typeof Volume>

export const CreateVolume = z.object({
  name: VolumeName,
  mountPath: MountPath,
  processes: z.array(ProcessName).min(1).max(50).nullable().default(null),
  exclusive: z.boolean().default(false),
})
export type CreateVolume = z.infer<typeof CreateVolume>

export const ChangeVolume = z
  .object({
    mountPath: MountPath,
    processes: z.array(ProcessName).min(1).max(50).nullable(),
    exclusive: z.boolean(),
  })
  .partial()
export type ChangeVolume = z.infer<typeof ChangeVolume>

/** Destroying a volume, and purging it from the trash, ask for its name once more. */
export const ConfirmVolume = z.object({ confirm: z.string() })

/** A volume in the trash: it can be restored, and after 7 days purged by name. */
export const DestroyedVolume = z.object({
  id: z.string(),
  app: z.string(),
  name: z.string(),
  sizeBytes: z.int().nullable(),
  destroyedAt: z.iso.datetime(),
  /** From then on it may be purged. */
  purgeableAt: z.iso.datetime(),
  /** Its data is being removed: it does not come back. */
  isPurging: z.boolean(),
})
export type DestroyedVolume = z.infer<typeof DestroyedVolume>
