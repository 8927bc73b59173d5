import { z } from 'zod'
import { parseImageReference } from './image-reference.ts'

const Digest = z.string().regex(/^sha256:[0-9a-f]{64}$/)

/** An image that an app is deployed from as it is. */
export const ImageSource = z.object({
  /** As people write it, in full: `nginx:1.27`. */
  reference: z.string().max(400),
  /** What it was then; null until the registry has said. */
  digest: Digest.nullable(),
})
export type ImageSource = z.infer<typeof ImageSource>

/** What an app whose source is an image says of it. */
export const AppImage = ImageSource.extend({
  /** Deployed again by itself when the tag points to another image. */
  follows: z.boolean(),
  /** When the registry answered last, and when it is asked next; null where it is not asked. */
  checkedAt: z.iso.datetime().nullable(),
  nextCheckAt: z.iso.datetime().nullable(),
  /** Why it could not be asked or fetched last time. */
  problem: z.string().nullable(),
})
export type AppImage = z.infer<typeof AppImage>

/** Where an app's code comes from besides what is pushed. */
export const AppSources = z.object({ image: AppImage.nullable() })
export type AppSources = z.infer<typeof AppSources>

export const DeployImage = z.object({
  /** The service says what is wrong with it, so it is given every text. */
  reference: z.string().max(1_000),
  /** Left out: as it was, or not. */
  follows: z.boolean().optional(),
})
export type DeployImage = z.infer<typeof DeployImage>

export const ChangeAppImage = AppImage.pick({ follows: true })
export type ChangeAppImage = z.infer<typeof ChangeAppImage>

/** The registry that is asked where an image names none. */
export const PUBLIC_REGISTRY = 'docker.io'
const ALIASES = ['docker.io', 'index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com']

/** One name for each registry, in lower case. */
export const registryName = (host: string | null): string => {
  const lower = (host ?? PUBLIC_REGISTRY).toLowerCase()
  return ALIASES.includes(lower) ? PUBLIC_REGISTRY : lower
}

/** Host and port of a registry (rule C2). */
export const RegistryHost = z
  .string()
  .max(260)
  .transform((host) => host.trim().toLowerCase())
  .refine(
    (host) => /[.:]|^localhost$/.test(host) && parseImageReference(`${host}/image`)?.host === host,
    'Use the host of a registry, such as registry.example.com:5000.',
  )
  .transform(registryName)

/** A registry that lets us in by name and password. The password is never part of a reply. */
export const Registry = z.object({
  host: z.string(),
  username: z.string(),
  changedAt: z.iso.datetime(),
})
export type Registry = z.infer<typeof Registry>

export const SaveRegistry = z.object({
  username: z.string().min(1).max(256),
  password: z.string().min(1).max(8_192),
})
export type SaveRegistry = z.infer<typeof SaveRegistry>
