import type { RefreshStackImagesEvent } from '@vastrox/shared/agent-api.ts'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { prepareBase } from '#agent/images/base-image.ts'
import { baseRecipe } from '#agent/images/bootstrap/base-recipe.ts'
import { buildStage } from '#agent/images/build-stage.ts'
import { chooseRecipe } from '#agent/images/choose-recipe.ts'
import { createImageNames } from '#agent/images/image-names.ts'
import { bareContext } from '#agent/images/installed-node.ts'
import { listStackImages } from '#agent/images/list-stack-images.ts'
import { pendingUpdates } from '#agent/images/pending-updates.ts'
import { makeImages } from '#agent/images/prepare-image.ts'
import { defineRecipe } from '#agent/images/recipes/recipe.ts'
import { refreshStackImages } from '#agent/images/refresh-images.ts'
import { keepOrRemoveReplaced } from '#agent/images/replaced.ts'
import { lookAt, stackLabels } from '#agent/images/stack-image.ts'
import { createOwnImages, type OwnImages } from '#test/own-images.ts'
import { startRegistry } from '#test/registry.ts'

/** As if openssl had been installed before its last security update. */
const LEFT_BEHIND =
  "RUN sed -i '/^Package: openssl$/,/^$/ s/^Version: .*/Version: 3.0.0-1/' /var/lib/dpkg/status"
const MACHINE = createImageNames()
const TINY = { stack: 'python', version: '1.0' } as const

const recipeWith = (lines: readonly string[]) =>
  defineRecipe({
    stack: 'python',
    title: 'Tiny',
    versions: [{ version: '1.0', suite: 'trixie' }],
    dockerfile: ({ base }) =>
      [`FROM ${base} AS runtime`, ...lines, '', 'FROM runtime AS build', ''].join('\n'),
  })

let own: OwnImages

type Refreshed = Awaited<ReturnType<typeof refresh>>

/** One round over the images of this test. */
async function refresh(recipe: ReturnType<typeof recipeWith>) {
  const events: RefreshStackImagesEvent[] = []
  const emit = async (event: RefreshStackImagesEvent): Promise<void> => void events.push(event)
  await refreshStackImages(own.deps(), { emit, signal: AbortSignal.timeout(LONG_MS) }, [recipe])
  return events.at(-1)
}

/** The machine's own base under this test's name, with a package left behind or not. */
async function baseWith(lines: readonly string[]): Promise<string | undefined> {
  const tag = own.names.base('trixie')
  const dockerfile = [`FROM ${MACHINE.base('trixie')} AS base`, ...lines, ''].join('\n')
  const labels = stackLabels({
    tag,
    recipe: baseRecipe('trixie', 'distribution'),
    suite: 'trixie',
  })
  const stage = { target: 'base', tag, labels, context: bareContext(dockerfile) }
  expect(await buildStage(own.engine, stage, AbortSignal.timeout(60_000))).toBeUndefined()
  return (await lookAt(own.engine, tag))?.id
}

beforeAll(async () => {
  own = await createOwnImages()
  await prepareBase({ ...own.deps(), names: MACHINE }, 'trixie', own.order())
})
afterAll(() => own.close())

/** Where a base is bootstrapped in it: minutes on a machine that does something else as well. */
const LONG_MS = 600_000
const IS_LONG = process.env['VASTROX_LONG'] === '1'

/**
 * What a base is made anew from. By default a registry, which is quick; with `--long` the distribution's
 * packages, as images-from-registry.docker.test.ts has it each time.
 */
async function withSource(work: () => Promise<void>): Promise<void> {
  if (IS_LONG) return work()
  const registry = await startRegistry(own.engine)
  try {
    await own.publish(registry, 'debian:trixie-slim', [`FROM ${MACHINE.base('trixie')} AS it`])
    await own.say({ mirror: { host: registry.host, prefix: 'hub/', credentials: null } })
    await work()
  } finally {
    await own.say({ isOff: true })
    await registry.stop()
  }
}

describe('security updates of prepared images', () => {
  it('are looked up inside a container, and nothing is left of the looking', async () => {
    await baseWith([LEFT_BEHIND])
    const asked = { signal: AbortSignal.timeout(60_000), stamp: new Date().toISOString() }

    const pending = await pendingUpdates(own.deps(), own.names.base('trixie'), asked)

    expect(pending).toContain('openssl')
    expect(await own.tags()).toEqual([own.names.base('trixie')])
  })

  it('are none where there is no apt', async () => {
    const image = `${own.names.namespace}/bare:1`
    const dockerfile = `FROM ${MACHINE.base('trixie')} AS it\n${LEFT_BEHIND} && rm /usr/bin/apt-get\n`
    const stage = { target: 'it', tag: image, labels: {}, context: bareContext(dockerfile) }
    expect(await buildStage(own.engine, stage, AbortSignal.timeout(60_000))).toBeUndefined()
    const asked = { signal: AbortSignal.timeout(60_000), stamp: new Date().toISOString() }

    expect(await pendingUpdates(own.deps(), image, asked)).toEqual([])
    await own.engine.act('DELETE', `/images/${image}`)
  })

  it(
    'of the base make the base anew and what stands on it, and the old ones stay meanwhile',
    async () => {
      const recipe = recipeWith([])
      const old = await baseWith([LEFT_BEHIND])
      await makeImages(own.deps(), chooseRecipe(TINY, [recipe]), own.order())
      const before = await lookAt(own.engine, own.names.runtime(TINY))

      let done: Refreshed
      let again: Refreshed
      await withSource(async () => {
        done = await refresh(recipe)
        again = await refresh(recipe)
      })

      expect(done).toEqual({
        type: 'done',
        checked: 2,
        madeAnew: [
          {
            image: own.names.base('trixie'),
            reason: expect.stringContaining('security updates of'),
          },
          { image: own.names.runtime(TINY), reason: 'its base was made anew' },
        ],
        failed: [],
      })
      const base = await lookAt(own.engine, own.names.base('trixie'))
      const after = await lookAt(own.engine, own.names.runtime(TINY))
      expect(base?.id).not.toBe(old)
      expect(after?.id).not.toBe(before?.id)
      expect(after?.labels['vastrox.base']).toBe(base?.id)
      expect(again).toMatchObject({ checked: 2, madeAnew: [], failed: [] })
      const { images } = await listStackImages(own.deps(), [recipe])
      expect(images).toMatchObject([{ ...TINY, prepared: { isOutdated: false, suite: 'trixie' } }])
    },
    LONG_MS,
  )

  it('of the image alone leave the base as it is', async () => {
    const recipe = recipeWith([LEFT_BEHIND])
    await makeImages(own.deps(), chooseRecipe(TINY, [recipe]), own.order())
    const base = await lookAt(own.engine, own.names.base('trixie'))

    const done = await refresh(recipe)

    expect(done).toMatchObject({
      madeAnew: [{ image: own.names.runtime(TINY), reason: 'security updates of openssl' }],
    })
    expect((await lookAt(own.engine, own.names.base('trixie')))?.id).toBe(base?.id)
  })

  it('that cannot be had leave an image as it was, and are told', async () => {
    // It can be made on the day that it is made first, and not in the round.
    const { stamp } = own.order()
    const recipe = recipeWith([LEFT_BEHIND, `RUN test "$VASTROX_MADE" = ${stamp}`])
    await makeImages(own.deps(), chooseRecipe(TINY, [recipe]), own.order())
    const before = await lookAt(own.engine, own.names.runtime(TINY))

    const done = await refresh(recipe)

    expect(done).toMatchObject({
      madeAnew: [],
      failed: [
        { image: own.names.runtime(TINY), reason: expect.stringContaining('could not be made') },
      ],
    })
    expect((await lookAt(own.engine, own.names.runtime(TINY)))?.id).toBe(before?.id)
  })
})

describe('images that have lost their tag', () => {
  it('go, but for those that something stands on and the last of each name for a day', async () => {
    const labels = (name: string, more: Record<string, string> = {}) => ({
      ...stackLabels({ tag: name, recipe: 'recipe', suite: 'trixie' }),
      ...more,
    })
    const make = async (name: string, content: string, more: Record<string, string> = {}) => {
      const context = bareContext(`FROM scratch AS it\nLABEL content=${content}\n`)
      const stage = { target: 'it', tag: name, labels: labels(name, more), context }
      expect(await buildStage(own.engine, stage, AbortSignal.timeout(30_000))).toBeUndefined()
      return (await lookAt(own.engine, name))?.id ?? ''
    }
    const base = `${own.names.namespace}/ground:1`
    const stack = `${own.names.namespace}/house:1`
    const grounds = []
    for (const content of ['a', 'b', 'c', 'd']) grounds.push(await make(base, content))
    const [first = '', second = '', third = '', fourth = ''] = grounds
    const house = await make(stack, 'h', { 'vastrox.base': first })
    onTestFinished(async () => {
      await own.removeAll()
      await own.engine.act('DELETE', `/images/${first}`)
    })

    const removed = await keepOrRemoveReplaced(own)
    const tomorrow = new Date(Date.now() + 25 * 3_600_000)
    const later = await keepOrRemoveReplaced(own, tomorrow)

    expect(removed).toContain(second)
    expect(removed).not.toContain(third)
    expect(later).toContain(third)
    for (const kept of [first, fourth, house]) {
      expect([...removed, ...later]).not.toContain(kept)
      expect(await lookAt(own.engine, kept)).toBeDefined()
    }
  })
})
