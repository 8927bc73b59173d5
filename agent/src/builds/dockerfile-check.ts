import { inspectDockerfile } from '@vastrox/shared/dockerfile-policy.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { formatImageReference, type ImageReference } from '@vastrox/shared/image-reference.ts'
import { z } from 'zod'
import type { Engine } from '#agent/engine/engine.ts'
import { isNotFound } from '#agent/engine/engine-error.ts'
import { chooseRecipe } from '#agent/images/choose-recipe.ts'
import { mustBeAllowedHost } from '#agent/images/registry/allowed-host.ts'
import { askDigest } from '#agent/images/registry/ask.ts'
import { fetchImage } from '#agent/images/registry/fetch-image.ts'
import { locate } from '#agent/images/registry/locate.ts'
import { type RegistrySettings, readRegistrySettings } from '#agent/images/registry/settings.ts'

const ASK_MS = 10_000
const MAX_IMAGES = 50
/** Since which version engines know `RUN <<EOF`. */
const HEREDOCS_SINCE = 23

const Found = z.object({
  RepoDigests: z.array(z.string()).nullish(),
  Config: z.object({ OnBuild: z.array(z.string()).nullish() }).nullable(),
})
const Version = z.object({ Version: z.string() })

const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64'

/**
 * What the Dockerfile builds on. Throws DOCKERFILE_REFUSED for what a build may not have, whoever
 * wrote it: the daemon looks too, but it is not trusted with the images of other apps.
 */
export function checkDockerfile(
  text: string,
  buildArguments: Readonly<Record<string, string>>,
): { images: ImageReference[]; hasHeredocs: boolean } {
  const { problems, images, hasHeredocs } = inspectDockerfile(text, {
    buildArguments,
    architecture,
  })
  const [problem] = problems
  if (problem !== undefined) throw refused(problem)
  if (images.length > MAX_IMAGES)
    throw refused(`The Dockerfile names more than ${MAX_IMAGES} images.`)
  return { images, hasHeredocs }
}

interface Deps {
  engine: Engine
  registryFile: string
}

/**
 * Resolves when every image can be had: it is here by the work of a registry, or a registry has it. An
 * image that was only ever made on this machine is somebody's, and nobody's to build on; steps that a
 * template leaves to whoever builds on it (ONBUILD) are held to the same rules.
 */
export async function mustBeHad(
  { engine, registryFile }: Deps,
  { images, hasHeredocs }: { images: readonly ImageReference[]; hasHeredocs: boolean },
  say: (line: string) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  if (hasHeredocs) await mustKnowHeredocs(engine)
  const settings = await readRegistrySettings(registryFile)
  await Promise.all(images.map((image) => mustHave({ engine, settings }, image, say, signal)))
}

async function mustHave(
  { engine, settings }: { engine: Engine; settings: RegistrySettings },
  reference: ImageReference,
  say: (line: string) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const name = formatImageReference(reference)
  await mustBeAllowedHost(reference.host, settings)
  if (await isHere(engine, name)) return
  const located = locate(reference, settings)
  try {
    const digest = await askDigest(engine, located, { timeoutMs: ASK_MS, signal })
    if (reference.host !== null || settings.mirror === null || reference.tag === null) return
    // The engine would ask its own registry for this name, and not the mirror.
    const fetched = await fetchImage(engine, { ...located, digest }, say, signal)
    await engine.act('POST', `/images/${encodeURIComponent(fetched.imageId)}/tag`, {
      query: { repo: reference.path, tag: reference.tag },
    })
  } catch (error) {
    if (!(error instanceof CodedError)) throw error
    throw unavailable(error, reference)
  }
  await isHere(engine, name)
}

async function isHere(engine: Engine, name: string): Promise<boolean> {
  let found: z.infer<typeof Found>
  try {
    found = await engine.get(`/images/${name}/json`, Found)
  } catch (error) {
    if (isNotFound(error)) return false
    throw error
  }
  if (!found.RepoDigests?.length)
    throw refused(
      `${name} was made on this server and never came from a registry. A Dockerfile may build on public images and on vastrox/* only.`,
    )
  const steps = (found.Config?.OnBuild ?? []).map((step) => `ONBUILD ${step}`)
  if (steps.length > 0) checkDockerfile(['FROM scratch', ...steps].join('\n'), {})
  return true
}

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
  const isMissing = error.code === 'IMAGE_NOT_FOUND'
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
