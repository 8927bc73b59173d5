import { BuildSettings, LanguageVersion, SourcePath } from '@vastrox/shared/build-settings.ts'
import { z } from 'zod'
import { MEGABYTE } from '#lib/bytes.ts'
import { t } from '#lib/words.ts'

/** An empty field means that Vastrox works it out. */
const orEmpty = <Schema extends z.ZodType<string>>(schema: Schema) =>
  z.union([z.literal(''), schema])

const command = orEmpty(
  z
    .string()
    .max(8_192)
    .regex(/^[^\0\r\n]*$/, t('A command is one line.')),
)
const path = orEmpty(SourcePath)
const keys = BuildSettings.shape.buildEnvKeys
const pairs = BuildSettings.shape.buildArguments

/** The build settings as people write them: one line each, empty for "work it out". */
export const BuildForm = z.object({
  stack: z.string(),
  rootDirectory: orEmpty(SourcePath.max(150)),
  version: orEmpty(LanguageVersion),
  buildCommand: command,
  startCommand: command,
  releaseCommand: command,
  documentRoot: path,
  outputDirectory: path,
  dockerfile: path,
  target: orEmpty(
    z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/, t('Use the name of a stage.')),
  ),
  buildArguments: z.string().refine((text) => pairs.safeParse(pairsOf(text)).success, {
    error: t('Write NAME=value, one a line.'),
  }),
  buildEnvKeys: z.string().refine((text) => keys.safeParse(namesOf(text)).success, {
    error: t('Write names of env variables, with blanks between them.'),
  }),
  uploadMb: z.union([
    z.literal(''),
    z.coerce.number(t('Give a number of megabytes.')).int().min(1).max(16_384),
  ]),
})
export type BuildForm = z.infer<typeof BuildForm>

export const toBuildForm = (build: BuildSettings): BuildForm => ({
  stack: build.stack ?? '',
  rootDirectory: build.rootDirectory ?? '',
  version: build.version ?? '',
  buildCommand: build.buildCommand ?? '',
  startCommand: build.startCommand ?? '',
  releaseCommand: build.releaseCommand ?? '',
  documentRoot: build.documentRoot ?? '',
  outputDirectory: build.outputDirectory ?? '',
  dockerfile: build.dockerfile ?? '',
  target: build.target ?? '',
  buildArguments: Object.entries(build.buildArguments)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n'),
  buildEnvKeys: build.buildEnvKeys.join(' '),
  uploadMb: build.uploadMaxBytes === null ? '' : Math.round(build.uploadMaxBytes / MEGABYTE),
})

export const toBuildSettings = (form: BuildForm): BuildSettings => ({
  stack: form.stack || null,
  rootDirectory: form.rootDirectory || null,
  version: form.version || null,
  buildCommand: form.buildCommand || null,
  startCommand: form.startCommand || null,
  releaseCommand: form.releaseCommand || null,
  documentRoot: form.documentRoot || null,
  outputDirectory: form.outputDirectory || null,
  dockerfile: form.dockerfile || null,
  target: form.target || null,
  buildArguments: pairsOf(form.buildArguments),
  buildEnvKeys: namesOf(form.buildEnvKeys),
  uploadMaxBytes: form.uploadMb === '' ? null : form.uploadMb * MEGABYTE,
})

function pairsOf(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf('=')
      return at === -1 ? ['', line] : [line.slice(0, at).trim(), line.slice(at + 1)]
    }),
  )
}

const namesOf = (text: string): string[] => text.split(/[\s,]+/).filter((name) => name !== '')
