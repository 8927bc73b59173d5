import type { RefreshedImage, RefreshStackImagesEvent } from '@vastrox/shared/agent-api.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { makeBase, type Order } from '#agent/images/base-image.ts'
import { officialBase } from '#agent/images/bootstrap/base-recipe.ts'
import { chooseRecipe } from '#agent/images/choose-recipe.ts'
import { listPreparedImages } from '#agent/images/list-stack-images.ts'
import { pendingUpdates } from '#agent/images/pending-updates.ts'
import { makeImages, type PrepareDeps } from '#agent/images/prepare-image.ts'
import { allRecipes } from '#agent/images/recipes/index.ts'
import type { StackRecipe, Suite } from '#agent/images/recipes/recipe.ts'
import { officialDigest } from '#agent/images/registry/official-image.ts'
import { keepOrRemoveReplaced } from '#agent/images/replaced.ts'
import { digestIn, lookAt } from '#agent/images/stack-image.ts'
import { LABEL } from '#agent/containers/labels.ts'
import type { StreamCall } from '#agent/server/bind.ts'

interface Report {
  checked: number
  madeAnew: RefreshedImage[]
  failed: RefreshedImage[]
}

/**
 * Makes every prepared image anew that has security updates, or whose official image has moved; bases
 * first. The old ones stay until nothing stands on them, and apps get the new ones with their next
 * build. What cannot be made anew stays as it is and is reported. One at a time, so that a build that
 * waits for an image waits for one of them at most.
 */
export async function refreshStackImages(
  deps: PrepareDeps,
  { emit, signal }: Pick<StreamCall<RefreshStackImagesEvent>, 'emit' | 'signal'>,
  recipes: readonly StackRecipe[] = allRecipes,
): Promise<void> {
  const order: Order = {
    say: (text) => emit({ type: 'output', text }),
    signal,
    stamp: new Date().toISOString(),
  }
  const report: Report = { checked: 0, madeAnew: [], failed: [] }
  const { images, bases } = await listPreparedImages(deps, recipes)
  const oneAfterTheOther = async (image: string, work: () => Promise<string | undefined>) =>
    deps.prepareQueue(
      signal,
      () => {},
      () => note(report, image, order, work),
    )

  for (const { suite } of bases)
    await oneAfterTheOther(deps.names.base(suite), () => refreshBase(deps, suite, order))
  for (const { stack, version, prepared } of images)
    if (prepared && !prepared.isOutdated)
      await oneAfterTheOther(deps.names.runtime({ stack, version }), async () => {
        const choice = chooseRecipe({ stack, version }, recipes)
        const official = choice.recipe.official?.(version, suiteOf(prepared.suite)) ?? null
        const reason = await whyAnew(deps, { stack, version }, official, order)
        if (reason === undefined) return undefined
        await order.say(`${choice.recipe.title} ${version} is made anew: ${reason}\n`)
        await makeImages(deps, choice, order)
        return reason
      })
  await deps.prepareQueue(
    signal,
    () => {},
    () => keepOrRemoveReplaced(deps),
  )
  await emit({ type: 'done', ...report })
}

/** Keeps the round going whatever becomes of one image. */
async function note(
  report: Report,
  image: string,
  { say, signal }: Order,
  work: () => Promise<string | undefined>,
): Promise<void> {
  report.checked += 1
  try {
    const reason = await work()
    if (reason !== undefined) report.madeAnew.push({ image, reason })
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof CodedError) || error.code !== 'IMAGE_PREPARE_FAILED') throw error
    const { reason: said } = error.details
    const reason = typeof said === 'string' ? said : error.message
    report.failed.push({ image, reason })
    await say(`${image} stays as it is: ${reason}\n`)
  }
}

async function refreshBase(
  deps: PrepareDeps,
  suite: Suite,
  order: Order,
): Promise<string | undefined> {
  const tag = deps.names.base(suite)
  const reason =
    (await hasMoved(deps, tag, officialBase(suite), order)) ??
    sayPending(await pendingUpdates(deps, tag, order))
  if (reason === undefined) return undefined
  await order.say(`Debian ${suite} is made anew: ${reason}\n`)
  await makeBase(deps, suite, order)
  return reason
}

async function whyAnew(
  deps: PrepareDeps,
  image: Parameters<PrepareDeps['names']['runtime']>[0],
  official: string | null,
  order: Order,
): Promise<string | undefined> {
  const { engine, names } = deps
  const runtime = await lookAt(engine, names.runtime(image))
  const suite = runtime?.labels[LABEL.suite]
  const baseId = runtime?.labels[LABEL.base]
  if (suite !== undefined && baseId) {
    const base = await lookAt(engine, `${names.namespace}/base:${suite}`)
    if (base !== undefined && base.id !== baseId) return 'its base was made anew'
  }
  const moved =
    official === null ? undefined : await hasMoved(deps, names.runtime(image), official, order)
  if (moved !== undefined) return moved
  const pending = [
    ...(await pendingUpdates(deps, names.runtime(image), order)),
    ...(await pendingUpdates(deps, names.build(image), order)),
  ]
  return sayPending(pending)
}

/** Asked only where the image is of an official one; a registry that does not answer says nothing. */
async function hasMoved(
  deps: PrepareDeps,
  tag: string,
  official: string,
  { signal }: Order,
): Promise<string | undefined> {
  const was = digestIn((await lookAt(deps.engine, tag))?.labels)
  if (was === null) return undefined
  const now = await officialDigest(deps, official, signal)
  return now === undefined || now === was ? undefined : `${official} has moved`
}

function sayPending(packages: readonly string[]): string | undefined {
  const [first, ...more] = [...new Set(packages)]
  if (first === undefined) return undefined
  const rest = more.slice(0, 4).join(', ')
  const beyond = more.length > 4 ? ` and ${more.length - 4} more` : ''
  return `security updates of ${first}${rest === '' ? '' : `, ${rest}`}${beyond}`
}

const suiteOf = (text: string): Suite | null =>
  text === 'trixie' || text === 'bookworm' || text === 'bullseye' ? text : null
