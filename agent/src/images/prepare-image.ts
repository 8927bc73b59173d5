import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { PrepareImage, PrepareImageEvent } from '@vastrox/shared/agent-api.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { z } from 'zod'
import { buildInEngine } from '#agent/builds/engine-build.ts'
import { hostProxies } from '#agent/builds/host-proxies.ts'
import type { Queue } from '#agent/builds/queue.ts'
import { LABEL } from '#agent/containers/labels.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { isConflict, isNotFound } from '#agent/engine/engine-error.ts'
import { type Base, listBases, prepareBase } from '#agent/images/base-image.ts'
import { bareContext, installedMajor, installedNodeContext } from '#agent/images/installed-node.ts'
import { nodeDockerfile } from '#agent/images/node-dockerfile.ts'
import { clearScratch } from '#agent/images/scratch.ts'
import { recipeId, recipeIn } from '#agent/images/stack-image.ts'
import type { StreamCall } from '#agent/server/bind.ts'

const Images = z.array(z.object({ Id: z.string() }))

const MAJORS = ['18', '20', '22', '24', '26']

interface Deps {
  engine: Engine
  /** Scratch space of ours. */
  scratch: string
  /** One preparation at a time: they build on each other. */
  prepareQueue: Queue
}

interface Prepared {
  runtimeImage: string
  buildImage: string
  prepared: boolean
}

/** Makes the images of a Node version where they are missing or their recipe has changed. */
export async function prepareImage(
  deps: Deps,
  { version }: z.output<typeof PrepareImage>,
  { emit, signal }: StreamCall<PrepareImageEvent>,
): Promise<void> {
  const [major = ''] = version.split('.')
  if (!MAJORS.includes(major))
    throw new CodedError('IMAGE_PREPARE_FAILED', {
      reason: `Node.js ${version} is not offered; choose one of ${MAJORS.join(', ')}.`,
    })
  const say = (text: string): Promise<void> => emit({ type: 'output', text })
  const sayWaiting = (): void => {
    say('Waiting for another image that is being prepared\n').catch(() => {
      // The caller has gone, and the signal ends the wait.
    })
  }
  const done =
    (await findNode(deps.engine, version)) ??
    (await deps.prepareQueue(signal, sayWaiting, async () => {
      await clearScratch(deps.scratch)
      return prepareNode(deps, version, say, signal)
    }))
  await emit({ type: 'done', ...done })
}

const tagsOf = (version: string) => ({
  runtimeImage: `vastrox/node:${version}`,
  buildImage: `vastrox/node-build:${version}`,
})

const isInstalled = (version: string): boolean =>
  version === installedMajor() || version === process.versions.node

/** What makes the images of a version on a base; the same recipe makes the same images. */
function recipeOf(version: string, base: Base): { dockerfile: string; recipe: string } {
  const dockerfile = nodeDockerfile({
    version,
    base: base.tag,
    fetcher: isInstalled(version) ? null : tagsOf(installedMajor()).buildImage,
    architecture: process.arch === 'arm64' ? 'arm64' : 'x64',
  })
  const node = isInstalled(version) ? process.versions.node : ''
  return { dockerfile, recipe: recipeId([base.recipe, dockerfile, node]) }
}

/** Asked before every build, so it waits for nobody and costs two questions. */
async function findNode(engine: Engine, version: string): Promise<Prepared | undefined> {
  const tags = tagsOf(version)
  const found = await Promise.all([
    recipeIn(engine, tags.runtimeImage),
    recipeIn(engine, tags.buildImage),
  ])
  const known = listBases().map((base) => recipeOf(version, base).recipe)
  const [recipe] = found
  if (recipe === undefined || !known.includes(recipe) || recipe !== found[1]) return undefined
  return { ...tags, prepared: false }
}

async function prepareNode(
  deps: Deps,
  version: string,
  say: (text: string) => Promise<void>,
  signal: AbortSignal,
): Promise<Prepared> {
  const there = await findNode(deps.engine, version)
  if (there) return there
  const base = await prepareBase(deps, say, signal)
  if (!isInstalled(version)) await prepareNode(deps, installedMajor(), say, signal)
  const { dockerfile, recipe } = recipeOf(version, base)
  const context = (): Readable =>
    isInstalled(version) ? installedNodeContext(dockerfile) : bareContext(dockerfile)
  const tags = tagsOf(version)
  for (const [target, tag] of [
    ['runtime', tags.runtimeImage],
    ['build', tags.buildImage],
  ] as const) {
    const startedAt = performance.now()
    await buildStage(deps.engine, { target, tag, recipe, context: context() }, say, signal)
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
    await say(`Node.js ${version}: ${target} image ready (${seconds} s)\n`)
  }
  await removeReplaced(deps.engine)
  return { ...tags, prepared: true }
}

/** Stack images that lost their tag to a newer recipe. Apps built on them keep their own layers. */
async function removeReplaced(engine: Engine): Promise<void> {
  const filters = JSON.stringify({ label: [`${LABEL.kind}=stack`], dangling: ['true'] })
  const replaced = await engine.get('/images/json', Images, { query: { filters } })
  for (const { Id } of replaced)
    await engine.act('DELETE', `/images/${Id}`).catch((error: unknown) => {
      // In use by a container of an earlier recipe: it goes with the next preparation.
      if (!isConflict(error) && !isNotFound(error)) throw error
    })
}

async function buildStage(
  engine: Engine,
  stage: { target: string; tag: string; recipe: string; context: Readable },
  say: (text: string) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const outcome = await buildInEngine(
    engine,
    {
      buildId: randomUUID().replaceAll('-', ''),
      context: stage.context,
      dockerfile: 'Dockerfile',
      target: stage.target,
      tag: stage.tag,
      labels: { [LABEL.kind]: 'stack', [LABEL.recipe]: stage.recipe },
      secrets: {},
      cacheNamespace: 'vastrox-stacks',
      noCache: false,
      proxies: hostProxies(process.env),
    },
    async (event) => {
      if (event.type === 'output') await say(event.text)
    },
    signal,
  )
  if (!('failure' in outcome)) return
  const { step, error, tail } = outcome.failure
  const last = tail.trim().split('\n').at(-1)
  throw new CodedError('IMAGE_PREPARE_FAILED', {
    reason: `${stage.tag} could not be made: ${last || error}${step ? ` (at ${step})` : ''}`,
  })
}
