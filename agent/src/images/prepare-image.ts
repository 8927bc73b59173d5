import type { PrepareImageEvent, StackImage } from '@vastrox/shared/agent-api.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { Queue } from '#agent/builds/queue.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { type Base, baseOf, type FailedBases, prepareBase } from '#agent/images/base-image.ts'
import { buildStage } from '#agent/images/build-stage.ts'
import { type Choice, chooseRecipe } from '#agent/images/choose-recipe.ts'
import { bareContext, installedNodeContext } from '#agent/images/installed-node.ts'
import { removeReplaced } from '#agent/images/remove-replaced.ts'
import { clearScratch } from '#agent/images/scratch.ts'
import { recipeId, recipeIn, tagsOf } from '#agent/images/stack-image.ts'
import type { StreamCall } from '#agent/server/bind.ts'

const SECONDS = 35
const SECONDS_OF_BASE = 25

export interface PrepareDeps {
  engine: Engine
  /** Scratch space of ours. */
  scratch: string
  /** One preparation at a time: they build on each other. */
  prepareQueue: Queue
  failedBases: FailedBases
}

interface Prepared {
  runtimeImage: string
  buildImage: string
  prepared: boolean
}

type Say = (text: string) => Promise<void>

/** Makes the images of a stack's version where they are missing or their recipe has changed. */
export async function prepareImage(
  deps: PrepareDeps,
  image: StackImage,
  { emit, signal }: StreamCall<PrepareImageEvent>,
): Promise<void> {
  const choice = chooseRecipe(image)
  const say: Say = (text) => emit({ type: 'output', text })
  const sayWaiting = (): void => {
    say('Waiting for another image that is being prepared\n').catch(() => {
      // The caller has gone, and the signal ends the wait.
    })
  }
  const done =
    (await find(deps.engine, choice)) ??
    (await deps.prepareQueue(signal, sayWaiting, async () => {
      await clearScratch(deps.scratch)
      return prepare(deps, choice, say, signal)
    }))
  await emit({ type: 'done', ...done })
}

const contextOf = (version: string) => ({
  version,
  architecture: process.arch === 'arm64' ? ('arm64' as const) : ('x64' as const),
  installedNode: process.versions.node,
})

/** What makes the images of a version on a base; the same recipe makes the same images. */
function recipeOn({ recipe, version }: Choice, base: Base): { dockerfile: string; id: string } {
  const context = contextOf(version)
  const dockerfile = recipe.dockerfile({ ...context, base: base.tag })
  const node = recipe.takesInstalledNode?.(context) ? context.installedNode : ''
  return { dockerfile, id: recipeId([base.recipe, dockerfile, node]) }
}

/** Asked before every build, so it waits for nobody and costs two questions. */
async function find(engine: Engine, choice: Choice): Promise<Prepared | undefined> {
  const tags = tagsOf({ stack: choice.recipe.stack, version: choice.version })
  const [runtime, build] = await Promise.all([
    recipeIn(engine, tags.runtimeImage),
    recipeIn(engine, tags.buildImage),
  ])
  const known = choice.suites.map((suite) => recipeOn(choice, baseOf(suite)).id)
  if (runtime === undefined || !known.includes(runtime) || runtime !== build) return undefined
  return { ...tags, prepared: false }
}

async function prepare(
  deps: PrepareDeps,
  choice: Choice,
  say: Say,
  signal: AbortSignal,
): Promise<Prepared> {
  const there = await find(deps.engine, choice)
  if (there) return there
  await announce(deps.engine, choice, say)
  const needed = choice.recipe.needs?.(contextOf(choice.version))
  if (needed) await prepare(deps, chooseRecipe(needed), say, signal)
  const base = await firstOf(deps, choice, say, signal)
  const tags = await buildBoth(deps.engine, choice, base, say, signal)
  await removeReplaced(deps.engine)
  return { ...tags, prepared: true }
}

/** "Preparing PHP 8.4 (once per server, about 35 s)". */
async function announce(engine: Engine, { recipe, version, suites }: Choice, say: Say) {
  const [suite = 'trixie'] = suites
  const base = baseOf(suite)
  const hasBase = (await recipeIn(engine, base.tag)) === base.recipe
  const seconds = (recipe.seconds ?? SECONDS) + (hasBase ? 0 : SECONDS_OF_BASE)
  await say(`Preparing ${recipe.title} ${version} (once per server, about ${seconds} s)\n`)
}

/** The best base that can be had; throws what the last one failed by. */
async function firstOf(
  deps: PrepareDeps,
  { suites }: Choice,
  say: Say,
  signal: AbortSignal,
): Promise<Base> {
  let failure: unknown
  for (const suite of suites) {
    try {
      return await prepareBase(deps, suite, say, signal)
    } catch (error) {
      if (!(error instanceof CodedError) || error.code !== 'IMAGE_PREPARE_FAILED') throw error
      failure = error
    }
  }
  throw failure
}

async function buildBoth(
  engine: Engine,
  choice: Choice,
  base: Base,
  say: Say,
  signal: AbortSignal,
): Promise<ReturnType<typeof tagsOf>> {
  const { recipe, version } = choice
  const { dockerfile, id } = recipeOn(choice, base)
  const tags = tagsOf({ stack: recipe.stack, version })
  const takesNode = recipe.takesInstalledNode?.(contextOf(version)) ?? false
  for (const [target, tag] of [
    ['runtime', tags.runtimeImage],
    ['build', tags.buildImage],
  ] as const) {
    const startedAt = performance.now()
    const context = takesNode ? installedNodeContext(dockerfile) : bareContext(dockerfile)
    const failure = await buildStage(engine, { target, tag, recipe: id, context }, signal, say)
    if (failure !== undefined)
      throw new CodedError('IMAGE_PREPARE_FAILED', {
        reason: `${tag} could not be made: ${failure}`,
      })
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
    await say(`${recipe.title} ${version}: ${target} image ready (${seconds} s)\n`)
  }
  return tags
}
