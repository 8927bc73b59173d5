import { z } from 'zod'
import { StackImage } from './agent-api.ts'

/** The plan of a build as it is kept with it: what people are told, and what eject needs. */
export const BuildPlanRecord = z.object({
  /** Why this stack: "package.json". */
  because: z.string(),
  summary: z.array(z.string()),
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
