import type { PullImage, PullImageEvent } from '@vastrox/shared/agent-api.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import {
  formatImageReference,
  type ImageReference,
  parseImageReference,
} from '@vastrox/shared/image-reference.ts'
import { z } from 'zod'
import { withinDisks } from '#agent/builds/disk-watch.ts'
import { buildInEngine } from '#agent/builds/engine-build.ts'
import type { Queue } from '#agent/builds/queue.ts'
import { LABEL } from '#agent/containers/labels.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { appImageTag } from '#agent/images/app-images.ts'
import { bareContext } from '#agent/images/installed-node.ts'
import { askDigest } from '#agent/images/registry/ask.ts'
import { type Fetched, fetchImage, forget } from '#agent/images/registry/fetch-image.ts'
import type { Located } from '#agent/images/registry/locate.ts'
import type { Network } from '#agent/images/registry/pinned-request.ts'
import type { DiskFloor } from '#agent/node/disk-floor.ts'
import { withRegistry } from '#agent/images/registry/reach.ts'
import { readRegistrySettings } from '#agent/images/registry/settings.ts'
import type { StreamCall } from '#agent/server/bind.ts'

const ASK_MS = 15_000

const Foreign = z.object({
  Config: z
    .object({
      OnBuild: z.array(z.string()).nullish(),
      ExposedPorts: z.record(z.string(), z.unknown()).nullish(),
    })
    .nullable(),
})
const Image = z.object({ Size: z.int() })

export interface PullDeps {
  engine: Engine
  instance: string
  /** Root's own settings. */
  registryFile: string
  /** One at a time, so that none removes what another builds on. */
  pullQueue: Queue
  diskFloor: Pick<DiskFloor, 'mustBeKept' | 'reader'>
  network?: Network
}

/** Fetches somebody else's image and makes it one of the app's own. See PullImage in agent-api.ts. */
export async function pullImage(
  deps: PullDeps,
  spec: PullImage,
  { emit, signal }: StreamCall<PullImageEvent>,
): Promise<void> {
  const { appId, appName, buildId } = spec
  const { instance } = deps
  const make = {
    buildId,
    tag: appImageTag(instance, appName, buildId),
    labels: {
      [LABEL.instance]: instance,
      [LABEL.kind]: 'build',
      [LABEL.app]: appId,
      [LABEL.appName]: appName,
      [LABEL.build]: buildId,
    },
    cacheNamespace: `vastrox-${instance}-${appId}`,
    failure: 'an image of the app',
  }
  const say = (text: string): Promise<void> => emit({ type: 'output', text: `${text}\n` })
  const pulled = await pullAs(deps, spec, make, { say, signal })
  await emit({ type: 'done', ...pulled })
}

/** What somebody else's image becomes here. */
interface Make {
  /** Nobody else's at the same time. */
  buildId: string
  tag: string
  /** What every later question of ownership is answered by (rules C7, K7). */
  labels: Record<string, string>
  cacheNamespace: string
  /** For people: "an image of the app". */
  failure: string
}

interface Pulled {
  reference: string
  digest: string
  imageId: string
  sizeBytes: number
  port: number | null
}

/** Fetches an image and makes it one of ours, within its time and what the disks have room for. */
export async function pullAs(
  deps: PullDeps,
  spec: Pick<PullImage, 'reference' | 'credentials' | 'timeoutMs'>,
  make: Make,
  { say, signal }: { say: (line: string) => Promise<void>; signal: AbortSignal },
): Promise<Pulled> {
  const reference = mustParse(spec.reference)
  const late = AbortSignal.timeout(spec.timeoutMs)
  const until = AbortSignal.any([signal, late])
  const sayWaiting = (): void => {
    say('Waiting for another image that is being fetched').catch(() => {
      // The caller has gone, and the signal ends the wait.
    })
  }
  try {
    return await deps.pullQueue(until, sayWaiting, async () => {
      await deps.diskFloor.mustBeKept('images are')
      return withinDisks(deps.diskFloor, 'the image', until, (each) =>
        pull(deps, { ...spec, make }, reference, say, each),
      )
    })
  } catch (error) {
    if (late.aborted && !signal.aborted)
      throw new CodedError('IMAGE_PULL_FAILED', {
        reason: `${spec.reference} could not be fetched within ${Math.round(spec.timeoutMs / 1000)} s.`,
      })
    throw error
  }
}

/** What a tag means now. See describe-image-tag in agent-api.ts. */
export async function describeImageTag(
  { registryFile, ...deps }: Omit<PullDeps, 'pullQueue' | 'diskFloor'>,
  { reference: text, credentials }: Pick<PullImage, 'reference' | 'credentials'>,
): Promise<{ reference: string; digest: string }> {
  const reference = mustParse(text)
  const settings = await readRegistrySettings(registryFile)
  const signal = AbortSignal.timeout(2 * ASK_MS)
  const digest = await withRegistry(
    { ...deps, settings },
    { reference, credentials },
    signal,
    (located) => askDigest(deps.engine, located, { timeoutMs: ASK_MS, signal }),
  )
  return { reference: formatImageReference(reference), digest }
}

async function pull(
  deps: PullDeps,
  { credentials, make }: Pick<PullImage, 'credentials'> & { make: Make },
  reference: ImageReference,
  say: (line: string) => Promise<void>,
  signal: AbortSignal,
): Promise<Pulled> {
  const settings = await readRegistrySettings(deps.registryFile)
  return withRegistry({ ...deps, settings }, { reference, credentials }, signal, (located) =>
    fetchAndMake(deps, make, { reference, located }, say, signal),
  )
}

async function fetchAndMake(
  { engine, instance }: PullDeps,
  make: Make,
  { reference, located }: { reference: ImageReference; located: Located },
  say: (line: string) => Promise<void>,
  signal: AbortSignal,
): Promise<Pulled> {
  const name = formatImageReference(reference)
  await say(`Fetching ${name}`)
  // Asked for a digest too: that the image is here says nothing of who may have it.
  const digest = await askDigest(engine, located, { timeoutMs: ASK_MS, signal })
  const fetched = await fetchImage(engine, { ...located, digest }, say, signal)
  // A name of our own, so that BuildKit finds it here and asks nobody.
  const own = `vastrox-${instance}/fetched:${make.buildId}`
  try {
    const { Config } = await engine.get(`/images/${fetched.imageId}/json`, Foreign)
    if (Config?.OnBuild?.length)
      throw new CodedError('IMAGE_PULL_FAILED', {
        reason: `${name} is a template for other images (it has ONBUILD steps): write a Dockerfile that begins with FROM ${name}.`,
      })
    await tag(engine, fetched.imageId, own)
    const imageId = await makeOurs(engine, make, { own, digest, name }, signal)
    const { Size } = await engine.get(`/images/${imageId}/json`, Image)
    const port = firstPort(Object.keys(Config?.ExposedPorts ?? {}))
    return { reference: name, digest, imageId, sizeBytes: Size, port }
  } finally {
    await leaveNothing(engine, own, fetched)
  }
}

async function makeOurs(
  engine: Engine,
  make: Make,
  { own, digest, name }: { own: string; digest: string; name: string },
  signal: AbortSignal,
): Promise<string> {
  const outcome = await buildInEngine(
    engine,
    {
      buildId: make.buildId,
      context: bareContext(`FROM ${own}\n`),
      dockerfile: 'Dockerfile',
      tag: make.tag,
      labels: { ...make.labels, [LABEL.digest]: digest },
      secrets: {},
      cacheNamespace: make.cacheNamespace,
      noCache: false,
      proxies: {},
    },
    async () => {},
    signal,
  )
  if ('imageId' in outcome) return outcome.imageId
  throw new CodedError('IMAGE_PULL_FAILED', {
    reason: `${name} could not be made ${make.failure}: ${outcome.failure.error}`,
  })
}

async function tag(engine: Engine, imageId: string, name: string): Promise<void> {
  const [repo, tagged] = name.split(':')
  await engine.act('POST', `/images/${imageId}/tag`, { query: { repo, tag: tagged } })
}

async function leaveNothing(engine: Engine, own: string, fetched: Fetched): Promise<void> {
  await engine.act('DELETE', `/images/${own}`).catch(() => {
    // It was never tagged so.
  })
  await forget(engine, fetched)
}

function mustParse(text: string): ImageReference {
  const reference = parseImageReference(text)
  if (reference === undefined)
    throw new CodedError('IMAGE_REFERENCE_INVALID', {
      reason: `"${text.slice(0, 100)}" is not the name of an image.`,
    })
  return reference
}

/** `8080/tcp`; one that is not TCP is nothing that visitors are sent to. */
function firstPort(exposed: readonly string[]): number | null {
  const ports = exposed.flatMap((each) => /^(\d{1,5})(?:\/tcp)?$/.exec(each)?.[1] ?? [])
  return ports.length === 0 ? null : Math.min(...ports.map(Number))
}
