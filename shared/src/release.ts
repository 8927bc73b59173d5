import { z } from 'zod'
import { ImageSource } from './image-source.ts'
import { TreeChange } from './upload.ts'

/** The commit a build or deployment came from. */
export const Commit = z.object({
  sha: z.string().regex(/^[0-9a-f]{40,64}$/),
  branch: z.string(),
  /** First line of the message, at most 200 characters. */
  subject: z.string(),
  author: z.string(),
})
export type Commit = z.infer<typeof Commit>

/** image + frozen env + processes + routes, numbered, never changed. */
export const Release = z.object({
  number: z.int().positive(),
  live: z.boolean(),
  /** False once its image has been removed. */
  canRollBack: z.boolean(),
  stack: z.string(),
  imageId: z.string(),
  imageSizeBytes: z.int(),
  commit: Commit.nullable(),
  /** The image that was taken as it is, its digest pinned; null where it was built. */
  image: ImageSource.nullable(),
  /** What made it, in words: "push of main", "env: set API_KEY". */
  description: z.string(),
  /** Names only; values are never part of a reply. */
  envKeys: z.array(z.string()),
  /** By name: the command line; null for the image's own. */
  processes: z.record(z.string(), z.string().nullable()),
  createdAt: z.iso.datetime(),
})
export type Release = z.infer<typeof Release>

export const MAX_LISTED_CHANGES = 1_000

/** What the code of a release has that the one before it had not. */
export const SourceDifference = z.object({
  release: z.int().positive(),
  /** null: there is none before it. */
  before: z.int().positive().nullable(),
  commit: Commit.nullable(),
  beforeCommit: Commit.nullable(),
  added: z.int(),
  changed: z.int(),
  removed: z.int(),
  /** By path; at most 1,000 of them. */
  changes: z.array(TreeChange),
})
export type SourceDifference = z.infer<typeof SourceDifference>
