import { type AppConfig, NO_APP_CONFIG, type ProcessConfig } from '@vastrox/shared/app-config.ts'
import { BuildSettings, DEFAULT_BUILD_SETTINGS } from '@vastrox/shared/build-settings.ts'
import { ownOf } from '@vastrox/shared/own-of.ts'
import { readAppJson } from '#core/builds/app-json.ts'
import { type FileSays, NO_PROCESS_CONFIG } from '#core/builds/file-says.ts'
import { readVastroxJson } from '#core/builds/vastrox-json.ts'
import { plainText } from '#lib/plain-text.ts'
import type { SourceTree, Wishes } from '#ports/stack.ts'

/** Everything that is said about an app by people: the settings over vastrox.json over app.json. */
export interface Said {
  build: BuildSettings
  /** Who said what of `build`: "settings", "vastrox.json". */
  where: NonNullable<Wishes['where']>
  processes: NonNullable<Wishes['processes']>
  config: AppConfig
  /** For the log, one line each. */
  lines: string[]
}

export const APP_FILES = ['vastrox.json', 'app.json']
type Key = keyof BuildSettings
const KEYS = Object.keys(DEFAULT_BUILD_SETTINGS).filter(
  (key): key is Key => key in DEFAULT_BUILD_SETTINGS,
)

/** The root directory that is said; undefined for all of the repository. */
export function rootDirectoryOf(
  repository: SourceTree,
  settings: BuildSettings,
): string | undefined {
  if (settings.rootDirectory !== null) return settings.rootDirectory
  if (!repository.paths.has('vastrox.json')) return undefined
  const { build } = readVastroxJson('vastrox.json', repository.read('vastrox.json'))
  return build.rootDirectory ?? undefined
}

/**
 * Puts together what the settings and the files say. Of each file the one in the root directory
 * counts, then the one in the root of the repository. Throws BUILD_SETTINGS_INVALID for a file that
 * is broken.
 */
export function whatIsSaid(
  repository: SourceTree,
  settings: BuildSettings,
  rootDirectory: string | undefined,
  stacks: readonly string[],
): Said {
  const nearest = (name: string): string | undefined =>
    [...(rootDirectory === undefined ? [] : [`${rootDirectory}/${name}`]), name].find((path) =>
      repository.paths.has(path),
    )
  const own = nearest('vastrox.json')
  const heroku = nearest('app.json')
  const procfile = nearest('Procfile')
  const files = [
    ...(own === undefined ? [] : [readVastroxJson(own, repository.read(own))]),
    ...(heroku === undefined
      ? []
      : [
          readAppJson(heroku, repository.read(heroku), {
            stacks,
            hasReleaseLine:
              procfile !== undefined && /^release\s*:/im.test(repository.read(procfile) ?? ''),
          }),
        ]),
  ]
  return {
    ...buildOf(settings, files, rootDirectory),
    processes: commandsOf(files),
    config: configOf(files),
    lines: files.flatMap(({ file, lines }) => lines.map((line) => `${plainText(file)}: ${line}`)),
  }
}

function buildOf(
  settings: BuildSettings,
  files: readonly FileSays[],
  rootDirectory: string | undefined,
): Pick<Said, 'build' | 'where'> {
  const said: Partial<Record<Key, unknown>> = {}
  const where: Partial<Record<Key, string>> = {}
  const all = [{ file: 'settings', build: settings }, ...files]
  for (const key of KEYS) {
    const first = all.find(({ build }) => saysSomething(build[key]))
    if (!first) continue
    said[key] = first.build[key]
    where[key] = first.file
  }
  const build = BuildSettings.parse({
    ...DEFAULT_BUILD_SETTINGS,
    ...said,
    buildArguments: Object.assign({}, ...all.map((one) => one.build.buildArguments).toReversed()),
    buildEnvKeys: [...new Set(all.flatMap((one) => one.build.buildEnvKeys ?? []))],
    // A file in the root directory cannot move the directory that it was found by.
    rootDirectory: rootDirectory ?? null,
  })
  const [web] = files.flatMap(({ file, commands }) =>
    commands['web'] === undefined ? [] : [{ file, command: commands['web'] }],
  )
  if (build.startCommand === null && web) {
    build.startCommand = web.command
    where.startCommand = web.file
  }
  return { build, where }
}

function saysSomething(value: unknown): boolean {
  if (value === undefined || value === null) return false
  return typeof value !== 'object' || Object.keys(value).length > 0
}

const commandsOf = (files: readonly FileSays[]): Said['processes'] =>
  Object.fromEntries(
    files
      .toReversed()
      .flatMap(({ file, commands }) =>
        Object.entries(commands).flatMap(([name, command]) =>
          name === 'web' ? [] : [[name, { command, where: file }] as const],
        ),
      ),
  )

function configOf(files: readonly FileSays[]): AppConfig {
  const merged = files
    .toReversed()
    .reduce<AppConfig>((all, { config }) => mergeConfig(all, config), NO_APP_CONFIG)
  return { ...merged, processes: withExclusive(merged) }
}

/** What the nearer file says goes over the other's: keys of env and processes one by one, lists as a whole. */
function mergeConfig(all: AppConfig, said: Partial<AppConfig>): AppConfig {
  const processes = { ...all.processes }
  for (const [name, config] of Object.entries(said.processes ?? {}))
    processes[name] = mergeProcess(ownOf(processes, name), config)
  return {
    ...all,
    ...Object.fromEntries(Object.entries(said).filter(([, value]) => value !== null)),
    env: { ...all.env, ...said.env },
    processes,
  }
}

const mergeProcess = (under: ProcessConfig | undefined, over: ProcessConfig): ProcessConfig => ({
  scale: over.scale ?? under?.scale ?? null,
  memoryBytes: over.memoryBytes ?? under?.memoryBytes ?? null,
  cpuMillis: over.cpuMillis ?? under?.cpuMillis ?? null,
  stopGraceMs: over.stopGraceMs ?? under?.stopGraceMs ?? null,
  exclusive: over.exclusive || (under?.exclusive ?? false),
})

/** A process that gets an exclusive volume is exclusive; one that goes to all makes `web` so. */
function withExclusive({ volumes, processes }: AppConfig): AppConfig['processes'] {
  const names = Object.values(volumes).flatMap((volume) =>
    volume.exclusive ? (volume.processes ?? ['web', ...Object.keys(processes)]) : [],
  )
  return {
    ...processes,
    ...Object.fromEntries(
      names.map((name) => [
        name,
        { ...(ownOf(processes, name) ?? NO_PROCESS_CONFIG), exclusive: true },
      ]),
    ),
  }
}
