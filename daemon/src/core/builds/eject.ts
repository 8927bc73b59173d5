import type { StackImage } from '@vastrox/shared/agent-api.ts'
import type { BuildPlanRecord, Ejected } from '@vastrox/shared/build-plan.ts'
import type { BuildSettings } from '@vastrox/shared/build-settings.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { ownOf } from '@vastrox/shared/own-of.ts'
import { z } from 'zod'

/** The files of the source that a Dockerfile of its own goes with. */
export interface SourceFiles {
  has(path: string): boolean
  read(path: string): string | undefined
}

interface Build {
  plan: BuildPlanRecord
  processes: Readonly<Record<string, string | null>>
  releaseCommand: string | null
}

/** What a Dockerfile of one's own makes pointless to say. */
const OF_GENERATED: readonly (keyof BuildSettings)[] = [
  'stack',
  'version',
  'buildCommand',
  'documentRoot',
  'outputDirectory',
  'uploadMaxBytes',
]
const Json = z.record(z.string(), z.unknown())
type Json = z.infer<typeof Json>

/**
 * The generated Dockerfile as a file of the user's: placeholders are names that hold on every server,
 * and what the plan knew beside it (processes, the release command, build secrets) is said in
 * vastrox.json, so that the same app comes of it.
 */
export function eject(build: Build, source: SourceFiles, settings: BuildSettings): Ejected {
  const { plan } = build
  const isWhole = plan.context === 'repository' || plan.rootDirectory === null
  const folder = isWhole ? '' : `${plan.rootDirectory}/`
  const files: Record<string, string> = { [`${folder}Dockerfile`]: dockerfileOf(plan) }
  for (const [path, text] of Object.entries(plan.files)) files[`${folder}${path}`] = text
  const notes = [
    'Commit these files, then push: the Dockerfile is built in place of a generated one.',
  ]

  const ignore = `${folder}.dockerignore`
  if (!source.has(ignore)) files[ignore] = dockerignoreOf(plan)
  else notes.push(`${ignore} is there already: see that it leaves out ${plan.ignore.join(', ')}.`)

  const config = configOf(build, source, { folder, isWhole })
  if (config) files[config.path] = config.text
  const shadowing = OF_GENERATED.slice(0, 1).filter((key) => settings[key] !== null)
  if (shadowing.length > 0)
    notes.push(`The settings say stack ${settings.stack}, which goes first: set it to null.`)
  if (plan.context === 'repository' && settings.rootDirectory !== null)
    notes.push('The build needs the whole repository: set rootDirectory to null in the settings.')
  return { files, notes }
}

function dockerfileOf(plan: BuildPlanRecord): string {
  const named = plan.images.reduce(
    (text, image, at) => nameImage(text, image, at === 0),
    plan.template,
  )
  const env = Object.entries(plan.env).filter(
    ([key]) => !new RegExp(`^ENV (?:.* )?${key}=`, 'm').test(plan.template),
  )
  return [
    named.trimEnd(),
    ...env.map(([key, value]) => `ENV ${key}=${quoted(value)}`),
    ...(plan.port === null || /^EXPOSE /m.test(plan.template) ? [] : [`EXPOSE ${plan.port}`]),
    '',
  ].join('\n')
}

function nameImage(text: string, { stack, version }: StackImage, isFirst: boolean): string {
  const suffixes = [`:${stack}:${version}`, ...(isFirst ? [''] : [])]
  return suffixes.reduce(
    (done, suffix) =>
      done
        .replaceAll(`@RUNTIME${suffix}@`, `vastrox/${stack}:${version}`)
        .replaceAll(`@BUILD${suffix}@`, `vastrox/${stack}-build:${version}`),
    text,
  )
}

const quoted = (value: string): string => `"${value.replaceAll(/["\\$]/g, String.raw`\$&`)}"`

/** A pattern without a slash names a path in any directory; .dockerignore holds it to the root. */
const dockerignoreOf = ({ ignore }: BuildPlanRecord): string =>
  `${ignore.map((pattern) => (/\/./.test(pattern) ? pattern.replace(/^\//, '') : `**/${pattern}`)).join('\n')}\n`

/** vastrox.json with what the Dockerfile does not say; undefined where there is nothing to change. */
function configOf(
  { plan, processes, releaseCommand }: Build,
  source: SourceFiles,
  { folder, isWhole }: { folder: string; isWhole: boolean },
): { path: string; text: string } | undefined {
  const path = [`${folder}vastrox.json`, 'vastrox.json'].find((one) => source.has(one))
  const before = path === undefined ? {} : readObject(path, source.read(path))
  const procfile = namesOf(source.read(`${folder}Procfile`))
  const unnamed = Object.entries(processes).flatMap(([name, command]) =>
    command === null || name === 'web' || procfile.has(name) ? [] : [[name, { command }] as const],
  )
  const build = Json.parse(before['build'] ?? {})
  for (const key of OF_GENERATED) delete build[key]
  if (isWhole && plan.rootDirectory !== null) delete build['rootDirectory']
  if (plan.buildEnvKeys.length > 0) build['buildEnvKeys'] = plan.buildEnvKeys
  const saysRelease = build['releaseCommand'] !== undefined || before['release'] !== undefined
  const release =
    releaseCommand === null || saysRelease || procfile.has('release')
      ? {}
      : { release: releaseCommand }

  const after: Json = { ...before, build, ...release }
  if (Object.keys(build).length === 0) delete after['build']
  if (unnamed.length > 0) after['processes'] = merge(before['processes'], unnamed)
  if (JSON.stringify(after) === JSON.stringify(before)) return undefined
  return { path: path ?? `${folder}vastrox.json`, text: `${JSON.stringify(after, null, 2)}\n` }
}

/** A command that the file names already is the one that was built. */
function merge(said: unknown, found: readonly (readonly [string, { command: string }])[]): Json {
  const processes = Json.parse(said ?? {})
  for (const [name, process] of found)
    processes[name] = { ...process, ...Json.parse(ownOf(processes, name) ?? {}) }
  return processes
}

function readObject(path: string, text: string | undefined): Json {
  try {
    return Json.parse(JSON.parse((text ?? '{}').replace(/^\u{feff}/u, '')))
  } catch (cause) {
    throw new CodedError('BUILD_SETTINGS_INVALID', { reason: `${path} is broken.` }, { cause })
  }
}

const namesOf = (procfile: string | undefined): Set<string> =>
  new Set(
    [...(procfile ?? '').matchAll(/^([A-Za-z0-9_-]{1,63})[ \t]*:/gm)].map(([, name = '']) =>
      name.toLowerCase(),
    ),
  )
