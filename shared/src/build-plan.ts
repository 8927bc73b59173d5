import { z } from 'zod'
import { StackImage } from './agent-api.ts'
import { BuildSettings } from './build-settings.ts'
import { ImageSource } from './image-source.ts'
import { Commit } from './release.ts'

/** The plan of a build as it is kept with it: what people are told, and what eject needs. */
export const BuildPlanRecord = z.object({
  /** Why this stack: "package.json". */
  because: z.string(),
  summary: z.array(z.string()),
  /** What vastrox.json and app.json say that is not followed. */
  notes: z.array(z.string()).default([]),
  alternatives: z.array(z.string()),
  /** The part of the repository that is the app; null for all of it. */
  rootDirectory: z.string().nullable(),
  context: z.enum(['root-directory', 'repository']),
  documentRoot: z.string().nullable(),
  /** The Dockerfile with its placeholders: what is ejected names no image of this server. */
  template: z.string(),
  images: z.array(StackImage),
  /** Files added to the context, by path. */
  files: z.record(z.string(), z.string()),
  ignore: z.array(z.string()),
  target: z.string().nullable(),
  buildArguments: z.record(z.string(), z.string()),
  buildEnvKeys: z.array(z.string()),
  /** Env of the image. */
  env: z.record(z.string(), z.string()),
  /** Where `web` listens where it does not honour PORT. */
  port: z.int().nullable(),
})
export type BuildPlanRecord = z.infer<typeof BuildPlanRecord>

const Told = BuildPlanRecord.pick({
  because: true,
  summary: true,
  alternatives: true,
  rootDirectory: true,
  documentRoot: true,
}).extend({ notes: z.array(z.string()) })

const Running = z.object({
  /** By name: the command line; null for the image's own. */
  processes: z.record(z.string(), z.string().nullable()),
  releaseCommand: z.string().nullable(),
})

/** How an app would be built now: its last source with the settings of now. Nothing is built. */
export const BuildPlan = Told.extend(Running.shape).extend({
  stack: z.string(),
  /** "Node.js". */
  title: z.string(),
  /** What is in force, and who said each of it: "settings", "vastrox.json". */
  settings: BuildSettings,
  said: z.record(z.string(), z.string()),
  dockerfile: z.string(),
  /** Files that are added to the source, by path. */
  files: z.record(z.string(), z.string()),
  /** Env variables that the source asks for and that have no value. */
  missingEnv: z.array(z.string()),
  /** The deployment whose source it is. */
  deployment: z.int().positive(),
  commit: Commit.nullable(),
})
export type BuildPlan = z.infer<typeof BuildPlan>

/** How the image of a release came to be. */
export const ReleaseBuild = Told.extend(Running.shape).extend({
  stack: z.string(),
  /** As it was built. */
  dockerfile: z.string(),
  /** The image that was taken as it is; null where it was built. */
  image: ImageSource.nullable(),
  /** The Dockerfile is ours and can be taken over. */
  canEject: z.boolean(),
  durationMs: z.int(),
  createdAt: z.iso.datetime(),
})
export type ReleaseBuild = z.infer<typeof ReleaseBuild>

/** A stack that can be chosen in place of what is detected. */
export const StackChoice = z.object({ name: z.string(), title: z.string() })
export type StackChoice = z.infer<typeof StackChoice>

/** What is to be committed so that the app brings its own Dockerfile from then on. */
export const Ejected = z.object({
  /** Path in the repository → text; the Dockerfile first. */
  files: z.record(z.string(), z.string()),
  /** What else is to be done or known, one sentence each. */
  notes: z.array(z.string()),
})
export type Ejected = z.infer<typeof Ejected>
