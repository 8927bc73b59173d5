import { type FinalStage, readFinalStage } from '@vastrox/shared/dockerfile-final.ts'
import { type DockerfileVerdict, inspectDockerfile } from '@vastrox/shared/dockerfile-policy.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { formatImageReference } from '@vastrox/shared/image-reference.ts'
import {
  type BuildPlan,
  defineStack,
  type SourceTree,
  type Wishes,
  whereSaid,
} from '#ports/stack.ts'
import { dockerIgnore } from './docker-ignore.ts'
import { plainText } from './plain-text.ts'
import { chooseProcesses } from './processes.ts'

const NAMES = ['Dockerfile', 'Containerfile']
/** Where several ports are exposed, the usual ones of web servers go first. */
const USUAL_PORTS = [80, 8_080, 3_000, 8_000, 5_000, 4_000]

/** The user's own Dockerfile, taken as it is. What it may name is in dockerfile-policy.ts. */
export const dockerfile = defineStack({
  name: 'dockerfile',
  title: 'Dockerfile',
  reads: [
    'Dockerfile',
    'Containerfile',
    'Dockerfile.*',
    '*.Dockerfile',
    '*.dockerfile',
    '.dockerignore',
    'Procfile',
  ],

  detect(tree, wishes) {
    if (wishes.dockerfile !== null)
      return { because: `${wishes.dockerfile}, ${whereSaid(wishes, 'dockerfile')}` }
    const file = NAMES.find((name) => tree.paths.has(name))
    return file === undefined ? undefined : { because: file }
  },

  plan(tree, wishes) {
    const path = pathOf(tree, wishes)
    const text = tree.read(path) ?? ''
    const { buildArguments, target } = wishes
    const verdict = inspect(text, buildArguments)
    const stage = stageOf(text, wishes)
    const port = portOf(stage)
    const run = chooseProcesses(tree, wishes, { web: undefined })
    const isOwn = run.processes['web'] === undefined
    if (isOwn && !stage.hasCommand && stage.base.toLowerCase() === 'scratch')
      throw new CodedError('START_COMMAND_MISSING', {
        reason: `${path} says by no CMD or ENTRYPOINT what runs, and no Procfile or setting does.`,
      })
    const ignored = dockerIgnore(tree, path)
    const keys = wishes.buildEnvKeys.filter((key) => wishes.envKeys.includes(key))
    return {
      stack: 'dockerfile',
      summary: [
        ...(target === null ? [] : [`stage ${target} (${whereSaid(wishes, 'target')})`]),
        `builds on ${basesOf(verdict)}`,
        ...argumentsOf(buildArguments),
        ...(keys.length === 0 ? [] : [`build secrets: ${keys.join(', ')}`]),
        ...(isOwn
          ? [`web: ${stage.command ?? 'what the image starts'} (the image's own command)`]
          : []),
        ...run.because,
        port === null
          ? 'port: PORT (there is no EXPOSE)'
          : `port ${port.port} (${port.why}); PORT is set to it`,
        ...(stage.healthcheck === null
          ? []
          : ['HEALTHCHECK is left to Docker: set healthPath to have it asked before a switch']),
        ...ignored.because,
      ].map(plainText),
      alternatives: missingSecrets(text, wishes).map(plainText),
      images: verdict.prepared,
      dockerfile: text,
      target,
      buildArguments,
      buildEnvKeys: keys,
      ignore: ignored.patterns,
      processes: isOwn ? { web: null, ...run.processes } : run.processes,
      releaseCommand: run.releaseCommand,
      env: port === null ? {} : { PORT: String(port.port) },
      port: port?.port ?? null,
    } satisfies BuildPlan
  },
})

function pathOf(tree: SourceTree, wishes: Wishes): string {
  const path = wishes.dockerfile ?? NAMES.find((name) => tree.paths.has(name))
  if (path === undefined || !tree.paths.has(path))
    throw new CodedError('BUILD_SETTINGS_INVALID', {
      reason: `The source has no file ${plainText(path ?? 'Dockerfile')}.`,
    })
  if (tree.read(path) === undefined)
    throw new CodedError('BUILD_SETTINGS_INVALID', {
      reason: `${plainText(path)} is not read as a Dockerfile: call it Dockerfile, Dockerfile.<name> or <name>.Dockerfile, of at most 1 MB.`,
    })
  return path
}

function inspect(
  text: string,
  buildArguments: Readonly<Record<string, string>>,
): DockerfileVerdict {
  let verdict: DockerfileVerdict
  try {
    verdict = inspectDockerfile(text, {
      buildArguments,
      architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    })
  } catch (cause) {
    const reason = cause instanceof RangeError ? cause.message : 'It cannot be read.'
    throw new CodedError('DOCKERFILE_REFUSED', { reason }, { cause })
  }
  const [problem] = verdict.problems
  if (problem !== undefined) throw new CodedError('DOCKERFILE_REFUSED', { reason: problem })
  return verdict
}

function stageOf(text: string, { target, buildArguments }: Wishes): FinalStage {
  const stage = readFinalStage(text, target, buildArguments)
  if (stage) return stage
  throw target === null
    ? new CodedError('DOCKERFILE_REFUSED', { reason: 'The Dockerfile has no FROM.' })
    : new CodedError('BUILD_SETTINGS_INVALID', {
        reason: `The Dockerfile has no stage ${plainText(target)}.`,
      })
}

function portOf({ ports, envPort }: FinalStage): { port: number; why: string } | null {
  const usual = USUAL_PORTS.find((one) => ports.includes(one)) ?? ports[0]
  if (envPort !== null && (ports.length === 0 || ports.includes(envPort)))
    return { port: envPort, why: 'ENV PORT' }
  if (usual === undefined) return null
  return { port: usual, why: ports.length === 1 ? 'EXPOSE' : `of EXPOSE ${ports.join(', ')}` }
}

function basesOf({ images, prepared }: DockerfileVerdict): string {
  const names = [
    ...prepared.map(({ stack, version }) => `vastrox/${stack}:${version}`),
    ...images.map(formatImageReference),
  ]
  return names.length === 0 ? 'nothing (scratch)' : [...new Set(names)].join(', ')
}

const argumentsOf = (buildArguments: Readonly<Record<string, string>>): string[] => {
  const names = Object.keys(buildArguments)
  return names.length === 0 ? [] : [`build arguments: ${names.join(', ')}`]
}

/** A secret that the Dockerfile mounts, that is set for the app, and that nobody gives to the build. */
function missingSecrets(text: string, { envKeys, buildEnvKeys }: Wishes): string[] {
  const mounted = new Set(
    text
      .split('\n')
      .flatMap((line) => (line.includes('type=secret') ? [line.slice(0, 2_000)] : []))
      .flatMap((line) => [...line.matchAll(/\bid=["']?([A-Za-z_]\w{0,127})/g)])
      .map(([, id = '']) => id),
  )
  return [...mounted]
    .filter((id) => envKeys.includes(id) && !buildEnvKeys.includes(id))
    .map(
      (id) =>
        `The Dockerfile mounts the secret ${id}: name it in buildEnvKeys to give it to the build.`,
    )
}
