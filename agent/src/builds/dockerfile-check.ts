import { pinImages } from '@vastrox/shared/dockerfile-pin.ts'
import {
  type DockerfileVerdict,
  inspectDockerfile,
  inspectTriggers,
} from '@vastrox/shared/dockerfile-policy.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import {
  formatImageReference,
  type ImageReference,
  parseImageReference,
} from '@vastrox/shared/image-reference.ts'
import { z } from 'zod'
import { type BaseDeps, takeBase } from '#agent/builds/base-images.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { chooseRecipe } from '#agent/images/choose-recipe.ts'
import { baseName, dropUnusedBases, keptBy } from '#agent/images/kept-bases.ts'
import type { Network } from '#agent/images/registry/pinned-request.ts'
import { readRegistrySettings } from '#agent/images/registry/settings.ts'

const MAX_IMAGES = 50
/** Since which version engines know `RUN <<EOF`. */
const HEREDOCS_SINCE = 23

const Version = z.object({ Version: z.string() })

const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64'

/** A Dockerfile that was looked at. */
export interface Checked
  extends Pick<DockerfileVerdict, 'images' | 'stages' | 'caches' | 'hasHeredocs'> {
  /** With names that lead to what was looked at, and to nothing else. */
  text: string
  /** What people call the images that have such names. */
  shown: ReadonlyMap<string, string>
}

/**
 * What the Dockerfile builds on. Throws DOCKERFILE_REFUSED for what a build may not have, whoever
 * wrote it: the daemon looks too, but it is not trusted with the images of other apps.
 */
export function checkDockerfile(
  text: string,
  buildArguments: Readonly<Record<string, string>>,
  instance: string,
): Checked {
  const { uses, images, stages, caches, hasHeredocs } = mustBeAllowed(text, buildArguments)
  if (images.length > MAX_IMAGES)
    throw refused(`The Dockerfile names more than ${MAX_IMAGES} images.`)
  const shown = new Map(
    images.map((image) => [baseName(instance, image), formatImageReference(image)]),
  )
  const pinned = pinImages(text, uses, (name) => {
    const image = parseImageReference(name)
    return image === undefined ? name : baseName(instance, image)
  })
  const left = mustBeAllowed(pinned, buildArguments).uses.find(({ name }) => !shown.has(name))
  if (left)
    throw refused(
      `Line ${left.firstLine} of the Dockerfile: write the name of the image ${left.name} in one piece and without quotes.`,
    )
  return { text: pinned, shown, images, stages, caches, hasHeredocs }
}

function mustBeAllowed(
  text: string,
  buildArguments: Readonly<Record<string, string>>,
): DockerfileVerdict {
  const verdict = inspectDockerfile(text, { buildArguments, architecture })
  const [problem] = verdict.problems
  if (problem !== undefined) throw refused(problem)
  return verdict
}

/** Whether BuildKit may look that up: prepared images, and what was looked at. */
export const isKnownToBuilds = (instance: string, image: string): boolean =>
  image.startsWith(keptBy(instance)) || image.startsWith('docker.io/vastrox/')

interface Deps {
  engine: Engine
  instance: string
  registryFile: string
  network?: Network
}

/**
 * Resolves when every image is here under the name that the Dockerfile has for it by now, as its
 * registry gives it to anybody. Steps that a template leaves to whoever builds on it (ONBUILD) are held
 * to the same rules before anything is built (rule C11).
 */
export async function mustBeHad(
  { registryFile, ...deps }: Deps,
  { images, stages, caches, hasHeredocs }: Omit<Checked, 'text' | 'shown'>,
  say: (line: string) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  if (hasHeredocs) await mustKnowHeredocs(deps.engine)
  const settings = await readRegistrySettings(registryFile)
  const each = new Map(images.map((image) => [baseName(deps.instance, image), image]))
  const taken = await Promise.all(
    [...each.values()].map((image) =>
      mustHave({ ...deps, settings }, image, { stages, caches }, say, signal),
    ),
  )
  if (taken.some(({ isNew }) => isNew)) await dropUnusedBases(deps)
}

async function mustHave(
  deps: BaseDeps,
  reference: ImageReference,
  around: Pick<Checked, 'stages' | 'caches'>,
  say: (line: string) => Promise<void>,
  signal: AbortSignal,
): Promise<{ isNew: boolean }> {
  const name = formatImageReference(reference)
  const { triggers, platform, isNew } = await takeBase(deps, reference, say, signal).catch(
    (error: unknown) => {
      throw isOfRegistry(error) ? unavailable(error, reference) : error
    },
  )
  if (platform !== `linux/${architecture}`)
    throw refused(`${name} is for ${platform}; this server is linux/${architecture}.`)
  const { problems, hasHeredocs } = inspectTriggers(triggers, around)
  const [problem] = problems
  if (problem !== undefined)
    throw refused(`${name} is a template, and a step that it leaves to this build: ${problem}`)
  if (hasHeredocs) await mustKnowHeredocs(deps.engine)
  return { isNew }
}

const isOfRegistry = (error: unknown): error is CodedError =>
  error instanceof CodedError && ['IMAGE_NOT_FOUND', 'IMAGE_PULL_FAILED'].includes(error.code)

async function mustKnowHeredocs(engine: Engine): Promise<void> {
  const { Version: version } = await engine.get('/version', Version)
  const major = Number.parseInt(version, 10)
  if (major >= HEREDOCS_SINCE) return
  throw refused(
    `It has lines that go on until a word (RUN <<EOF), which Docker ${version} does not know: put them into a file, or upgrade Docker to ${HEREDOCS_SINCE} or later.`,
  )
}

function unavailable(error: CodedError, reference: ImageReference): CodedError {
  const image = formatImageReference(reference)
  const use = preparedFor(reference)
  const isMissing = error.code === 'IMAGE_NOT_FOUND' || error.details['isDenied'] === true
  const what = isMissing
    ? `The registry has no image ${image}, or it is not public.`
    : `No registry answers, so ${image} cannot be fetched.`
  const reason = use === undefined ? what : `${what} Use \`FROM ${use}\`.`
  return new CodedError(
    'BASE_IMAGE_UNAVAILABLE',
    { reason, image, use: use ?? null },
    { cause: error },
  )
}

/** Official images that a prepared one stands in for. */
const STACKS: Record<string, Parameters<typeof chooseRecipe>[0]['stack']> = {
  node: 'node',
  python: 'python',
  php: 'php',
  golang: 'go',
  openjdk: 'java',
  'eclipse-temurin': 'java',
  amazoncorretto: 'java',
  maven: 'java',
}

function preparedFor({ host, path, tag }: ImageReference): string | undefined {
  const name = host === null ? /^library\/([a-z-]+)$/.exec(path)?.[1] : undefined
  if (name === undefined) return undefined
  if (name === 'debian' && /^(trixie|bookworm|bullseye)/.test(tag ?? ''))
    return `vastrox/base:${/^[a-z]+/.exec(tag ?? '')?.[0]}`
  const stack = STACKS[name]
  if (stack === undefined) return undefined
  const wanted = /(\d{1,3}(?:\.\d{1,3}){0,2})/.exec(tag ?? '')?.[1]
  const parts = wanted?.split('.') ?? []
  const candidates = parts.map((_, at) => parts.slice(0, at + 1).join('.')).toReversed()
  const version = candidates.find((one) => canBeHad(stack, one))
  const suffix = /golang|maven/.test(name) || /jdk/.test(tag ?? '') ? '-build' : ''
  return version === undefined ? undefined : `vastrox/${stack}${suffix}:${version}`
}

function canBeHad(stack: Parameters<typeof chooseRecipe>[0]['stack'], version: string): boolean {
  try {
    chooseRecipe({ stack, version })
    return true
  } catch {
    return false
  }
}

const refused = (reason: string): CodedError => new CodedError('DOCKERFILE_REFUSED', { reason })
