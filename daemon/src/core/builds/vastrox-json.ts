import type { AppConfig, DeclaredVariable, ProcessConfig } from '@vastrox/shared/app-config.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { VastroxFile } from '@vastrox/shared/vastrox-file.ts'
import { cronJobs, type FileSays, NO_PROCESS_CONFIG } from '#core/builds/file-says.ts'
import { readJson } from '#core/builds/read-json.ts'
import { plainText } from '#lib/plain-text.ts'

/** What a vastrox.json says. Throws BUILD_SETTINGS_INVALID for one that is broken. */
export function readVastroxJson(file: string, text: string | undefined): FileSays {
  const { value: said, unknown } = readJson(file, text, VastroxFile)
  if (said.processes?.['release'])
    throw new CodedError('BUILD_SETTINGS_INVALID', {
      reason: `${plainText(file)}: processes.release is no process: write "release" beside "processes".`,
    })
  mustBeNamedOnce(file, said)
  const { processes = {}, build = {}, env = {} } = said
  const commands = Object.fromEntries(
    Object.entries(processes).flatMap(([name, { command }]) =>
      command === undefined ? [] : [[name, command]],
    ),
  )
  const release = build.releaseCommand ?? said.release
  return {
    file,
    build: { ...defined(build), ...(release === undefined ? {} : { releaseCommand: release }) },
    commands,
    config: {
      env: Object.fromEntries(Object.entries(env).map(([key, one]) => [key, variableOf(one)])),
      processes: Object.fromEntries(
        Object.entries(processes).flatMap(([name, process]) => {
          const config = processOf(process)
          return saysMore(config) ? [[name, config]] : []
        }),
      ),
      ...(said.healthPath === undefined ? {} : { healthPath: said.healthPath }),
      ...(said.healthTimeout === undefined ? {} : { healthTimeoutMs: said.healthTimeout }),
      ...(said.cron && { cron: cronJobs(said.cron) }),
      ...(said.volumes && { volumes: volumesOf(said.volumes) }),
    },
    lines: unknown.map((key) => `${key} is not known and left out`),
  }
}

type Said<Key extends keyof VastroxFile> = NonNullable<VastroxFile[Key]>

function mustBeNamedOnce(file: string, { cron = [], volumes = {} }: VastroxFile): void {
  const names = cron.flatMap(({ name }) => name ?? [])
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined)
    throw new CodedError('BUILD_SETTINGS_INVALID', {
      reason: `${plainText(file)}: two jobs of cron are called ${twice}.`,
    })
  const paths = Object.values(volumes).map((one) => (typeof one === 'string' ? one : one.path))
  const shared = paths.find((path, at) => paths.indexOf(path) !== at)
  if (shared !== undefined)
    throw new CodedError('BUILD_SETTINGS_INVALID', {
      reason: `${plainText(file)}: two volumes are at ${shared}.`,
    })
}

/** null in the file means as much as nothing: "work it out". */
const defined = (build: Said<'build'>): FileSays['build'] =>
  Object.fromEntries(
    Object.entries(build).filter(([, value]) => value !== undefined && value !== null),
  )

const variableOf = (said: Said<'env'>[string]): DeclaredVariable =>
  typeof said === 'string'
    ? { value: said, generate: null, required: false, description: null }
    : {
        value: said.value ?? null,
        generate: said.generator ?? null,
        required: said.required,
        description: said.description === undefined ? null : plainText(said.description),
      }

const processOf = (said: Said<'processes'>[string]): ProcessConfig => ({
  scale: said.scale ?? null,
  memoryBytes: said.memory ?? null,
  cpuMillis: said.cpu === undefined ? null : Math.round(said.cpu * 1_000),
  stopGraceMs: said.stopGrace ?? null,
  exclusive: said.exclusive ?? false,
})

const saysMore = (config: ProcessConfig): boolean =>
  JSON.stringify(config) !== JSON.stringify(NO_PROCESS_CONFIG)

const volumesOf = (said: Said<'volumes'>): AppConfig['volumes'] =>
  Object.fromEntries(
    Object.entries(said).map(([name, one]) => [
      name,
      typeof one === 'string'
        ? { path: one, processes: null, exclusive: false }
        : { path: one.path, processes: one.processes ?? null, exclusive: one.exclusive },
    ]),
  )
