import { z } from 'zod'

/** A relative path inside of a source: no `..`, no leading slash, nothing that a shell or git minds. */
export const SourcePath = z
  .string()
  .min(1)
  .max(500)
  .regex(/^(?![/-])[^\p{Cc}\\:*?"<>|]+$/u, 'Use a relative path with forward slashes.')
  .refine((path) => !path.split('/').some((part) => part === '..'), 'Use a path without `..`.')

const Command = z
  .string()
  .min(1)
  .max(8_192)
  .refine((text) => !/[\0\r\n]/.test(text), 'A command is one line.')

/** A version as people write it: `26`, `3.13`, `8.4`, `1.24.2`. */
export const LanguageVersion = z
  .string()
  .regex(/^[0-9]{1,3}(\.[0-9]{1,3}){0,2}$/, 'Use a number such as 26 or 3.13.')

const ArgumentName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/)

/**
 * How an app is built, where its source does not say it well enough. The same keys stand in the
 * `build` part of vastrox.json and in the settings of the app, which win. null: work it out.
 */
export const BuildSettings = z.object({
  /** The name of a stack, taken in place of detection. */
  stack: z
    .string()
    .regex(/^[a-z][a-z-]{1,30}$/)
    .nullable(),
  /** The part of the repository that is the app. */
  rootDirectory: SourcePath.max(150).nullable(),
  version: LanguageVersion.nullable(),
  buildCommand: Command.nullable(),
  /** Of `web`, in place of what a Procfile or the stack says. */
  startCommand: Command.nullable(),
  releaseCommand: Command.nullable(),
  /** The folder that PHP and static apps are served from. */
  documentRoot: SourcePath.nullable(),
  /** Where the build of a static site leaves its files. */
  outputDirectory: SourcePath.nullable(),
  dockerfile: SourcePath.nullable(),
  /** The stage of the Dockerfile to build. */
  target: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/)
    .nullable(),
  /** Of a Dockerfile. They can be read in the image: secrets are named in buildEnvKeys. */
  buildArguments: z.record(ArgumentName, z.string().max(4_096)),
  /** Names of env variables that the build may read as BuildKit secrets (rule C14). */
  buildEnvKeys: z.array(ArgumentName).max(50),
  /** The largest upload that PHP and its web server take. */
  uploadMaxBytes: z
    .int()
    .min(2 ** 20)
    .max(2 ** 34)
    .nullable(),
})
export type BuildSettings = z.infer<typeof BuildSettings>

export const DEFAULT_BUILD_SETTINGS: BuildSettings = {
  stack: null,
  rootDirectory: null,
  version: null,
  buildCommand: null,
  startCommand: null,
  releaseCommand: null,
  documentRoot: null,
  outputDirectory: null,
  dockerfile: null,
  target: null,
  buildArguments: {},
  buildEnvKeys: [],
  uploadMaxBytes: null,
}
