import type { PreparedImage, PrepareImageEvent } from '@vastrox/shared/agent-api.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { Queue } from '#agent/builds/queue.ts'
import { type BaseDeps, baseThere, type Order, prepareBase } from '#agent/images/base-image.ts'
import { buildStage } from '#agent/images/build-stage.ts'
import { type Choice, chooseRecipe } from '#agent/images/choose-recipe.ts'
import type { ImageNames } from '#agent/images/image-names.ts'
import { bareContext, installedNodeContext } from '#agent/images/installed-node.ts'
import type { OfferedVersion } from '#agent/images/recipes/recipe.ts'
import { dropOfficial, type Official, takeOfficial } from '#agent/images/registry/official-image.ts'
import { keepOrRemoveReplaced, takeBackReplaced } from '#agent/images/replaced.ts'
import { clearScratch } from '#agent/images/scratch.ts'
import { lookAt, recipeIn, stackLabels } from '#agent/images/stack-image.ts'
import { stamped, stampOfDay } from '#agent/images/stamp.ts'
import { type Variant, variantOn, variantsOf } from '#agent/images/variants.ts'
import type { StreamCall } from '#agent/server/bind.ts'

const SECONDS = 35
const SECONDS_OF_BASE = 25

export interface PrepareDeps extends BaseDeps {
  /** One preparation at a time: they build on each other. */
  prepareQueue: Queue
}

/** The tags that a Dockerfile names. */
function tagsOf(names: ImageNames, { recipe, version }: Choice) {
  const image = { stack: recipe.stack, version }
  return { runtimeImage: names.runtime(image), buildImage: names.build(image) }
}

interface Prepared {
  runtimeImage: string
  buildImage: string
  prepared: boolean
}

/** Makes the images of a stack's version where they are missing or their recipe has changed. */
export async function prepareImage(
  deps: PrepareDeps,
  image: PreparedImage,
  { emit, signal }: StreamCall<PrepareImageEvent>,
): Promise<void> {
  const choice = chooseRecipe(image)
  const say = (text: string): Promise<void> => emit({ type: 'output', text })
  const sayWaiting = (): void => {
    say('Waiting for another image that is being prepared\n').catch(() => {
      // The caller has gone, and the signal ends the wait.
    })
  }
  const done =
    (await find(deps, choice)) ??
    (await deps.prepareQueue(signal, sayWaiting, async () => {
      await clearScratch(deps.scratch)
      const prepared = await prepare(deps, choice, { say, signal, stamp: stampOfDay(new Date()) })
      await keepOrRemoveReplaced(deps)
      return prepared
    }))
  await emit({ type: 'done', ...done })
}

/** Asked before every build, so it waits for nobody and costs two questions. */
async function find(
  { engine, names }: Pick<PrepareDeps, 'engine' | 'names'>,
  choice: Choice,
): Promise<Prepared | undefined> {
  const tags = tagsOf(names, choice)
  const [runtime, build] = await Promise.all([
    recipeIn(engine, tags.runtimeImage),
    recipeIn(engine, tags.buildImage),
  ])
  const known = variantsOf(names, choice).map((variant) => variant.recipe)
  if (runtime === undefined || !known.includes(runtime) || runtime !== build) return undefined
  return { ...tags, prepared: false }
}

async function prepare(deps: PrepareDeps, choice: Choice, order: Order): Promise<Prepared> {
  const { engine, names } = deps
  const there = await find(deps, choice)
  if (there) return there
  const tags = tagsOf(names, choice)
  const recipes = variantsOf(names, choice).map((variant) => variant.recipe)
  if (await takeBackReplaced(engine, [tags.runtimeImage, tags.buildImage], recipes))
    return { ...tags, prepared: false }
  await announce(deps, choice, order)
  await makeImages(deps, choice, order)
  return { ...tags, prepared: true }
}

/** "Preparing PHP 8.4 (once per server, about 35 s)". */
async function announce(deps: PrepareDeps, { recipe, version, offered }: Choice, { say }: Order) {
  const suite = offered[0]?.suite ?? null
  const needsBase = suite !== null && (await baseThere(deps, suite)) === undefined
  const seconds = (recipe.seconds ?? SECONDS) + (needsBase ? SECONDS_OF_BASE : 0)
  await say(`Preparing ${recipe.title} ${version} (once per server, about ${seconds} s)\n`)
}

/**
 * Makes both images anew by the best way there is now. Every way that is offered is tried in its
 * order; throws IMAGE_PREPARE_FAILED of the last.
 */
export async function makeImages(deps: PrepareDeps, choice: Choice, order: Order): Promise<void> {
  let failure: unknown = new CodedError('IMAGE_PREPARE_FAILED')
  for (const offered of choice.offered) {
    try {
      await makeOffered(deps, choice, offered, order)
      return
    } catch (error) {
      if (!(error instanceof CodedError) || error.code !== 'IMAGE_PREPARE_FAILED') throw error
      failure = error
    }
  }
  throw failure
}

async function makeOffered(
  deps: PrepareDeps,
  choice: Choice,
  offered: OfferedVersion,
  order: Order,
): Promise<void> {
  const reference = choice.recipe.official?.(choice.version, offered.suite) ?? null
  const official =
    reference === null ? undefined : await takeOfficial(deps, reference, order.say, order.signal)
  try {
    if (offered.needsRegistry && official === undefined) throw needsRegistry(choice)
    const base = offered.suite === null ? null : await prepareBase(deps, offered.suite, order)
    const variant = variantOn(deps.names, choice, offered, {
      base,
      official: official?.reference ?? null,
    })
    const needed = choice.recipe.needs?.(variant.context)
    if (needed) await prepare(deps, chooseRecipe(needed), order)
    await buildBoth(deps, choice, variant, official, order)
  } finally {
    await dropOfficial(deps.engine, official)
  }
}

/** "No image registry answers, and Python 3.12 comes only from there; without one there are 3.13, 3.11." */
function needsRegistry({ recipe, version }: Choice): CodedError {
  const others = new Set(
    recipe.versions.filter((each) => !each.needsRegistry).map((each) => each.version),
  )
  const why = recipe.registryReason ?? `${recipe.title} ${version} comes only from there`
  const rest = others.size === 0 ? '' : `; without one there are ${[...others].join(', ')}`
  return new CodedError('IMAGE_PREPARE_FAILED', {
    reason: `No image registry answers, and ${why}${rest}.`,
  })
}

async function buildBoth(
  { engine, names }: PrepareDeps,
  choice: Choice,
  variant: Variant,
  official: Official | undefined,
  { say, signal, stamp }: Order,
): Promise<void> {
  const { base, offered, takesInstalledNode } = variant
  const dockerfile = stamped(variant.dockerfile, stamp)
  const { recipe, version } = choice
  const tags = tagsOf(names, choice)
  const baseId = base === null ? undefined : (await lookAt(engine, base.tag))?.id
  for (const [target, tag] of [
    ['runtime', tags.runtimeImage],
    ['build', tags.buildImage],
  ] as const) {
    const startedAt = performance.now()
    const labels = stackLabels({
      tag,
      recipe: variant.recipe,
      suite: offered.suite ?? official?.reference ?? '',
      digest: official?.digest,
      baseId,
    })
    const context = takesInstalledNode ? installedNodeContext(dockerfile) : bareContext(dockerfile)
    const failure = await buildStage(engine, { target, tag, labels, context }, signal, say)
    if (failure !== undefined)
      throw new CodedError('IMAGE_PREPARE_FAILED', {
        reason: `${tag} could not be made: ${failure}`,
      })
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
    await say(`${recipe.title} ${version}: ${target} image ready (${seconds} s)\n`)
  }
}
