import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { prepareBase } from '#agent/images/base-image.ts'
import { chooseRecipe } from '#agent/images/choose-recipe.ts'
import { createImageNames } from '#agent/images/image-names.ts'
import { makeImages, type PrepareDeps } from '#agent/images/prepare-image.ts'
import { defineRecipe } from '#agent/images/recipes/recipe.ts'
import { officialDigest } from '#agent/images/registry/official-image.ts'
import { createRegistryProbe } from '#agent/images/registry/probe.ts'
import { lookAt } from '#agent/images/stack-image.ts'
import { createOwnImages, type OwnImages } from '#test/own-images.ts'
import { type Registry, startRegistry } from '#test/registry.ts'
import { tarOf } from '#test/tar-of.ts'

const ONCE = randomBytes(4).toString('hex')
const USER = { username: 'mirror', password: `p4ss-${ONCE}` }
const MACHINE = createImageNames()

/** A language of one file, which its official image has in another edition. */
const tiny = defineRecipe({
  stack: 'python',
  title: 'Tiny',
  versions: [
    { version: '1.0', suite: 'trixie' },
    { version: '2.0', suite: 'trixie', needsRegistry: true },
  ],
  official: (version, suite) => `tiny:${version}-slim-${suite}`,
  dockerfile: ({ base, official }) =>
    [
      ...(official === null ? [] : [`FROM ${official} AS official`, '']),
      `FROM ${base} AS runtime`,
      official === null
        ? 'RUN echo distribution > /language'
        : 'COPY --from=official /language /language',
      'RUN cat /language',
      '',
      'FROM runtime AS build',
      '',
    ].join('\n'),
})

let own: OwnImages
let registry: Registry
let deps: PrepareDeps

const publish = (official: string, lines: readonly string[]): Promise<string> =>
  own.publish(registry, official, lines)

const set = (mirrored: unknown, more: Record<string, unknown> = {}) =>
  own.say({ mirror: mirrored, ...more })
const mirror = () => ({ host: registry.host, prefix: 'hub/', credentials: USER })

const tinyImage = (version: string) => ({ stack: 'python', version }) as const

beforeAll(async () => {
  own = await createOwnImages()
  deps = own.deps()
  registry = await startRegistry(own.engine, { user: USER })
  await prepareBase({ ...deps, names: MACHINE }, 'trixie', own.order())
  await publish('debian:trixie-slim', [
    `FROM ${MACHINE.base('trixie')} AS it`,
    'RUN echo official > /origin',
  ])
  await publish('tiny:1.0-slim-trixie', ['FROM scratch AS it', 'COPY Dockerfile /language'])
})
afterEach(async () => {
  registry.behave('well')
  await own.removeAll()
  deps = own.deps()
})
afterAll(async () => {
  await own.close()
  await registry.stop()
})

describe('where an image registry answers', () => {
  it('prepared images are of the official ones, by the mirror, with their digests', async () => {
    await set(mirror())
    const debian = await officialDigest(deps, 'debian:trixie-slim', AbortSignal.timeout(10_000))
    const language = await officialDigest(deps, 'tiny:1.0-slim-trixie', AbortSignal.timeout(10_000))

    await makeImages(deps, chooseRecipe(tinyImage('1.0'), [tiny]), own.order())

    const base = await lookAt(own.engine, own.names.base('trixie'))
    const runtime = await lookAt(own.engine, own.names.runtime(tinyImage('1.0')))
    expect(debian).toMatch(/^sha256:/)
    expect(base?.labels).toMatchObject({ 'vastrox.digest': debian, 'vastrox.suite': 'trixie' })
    expect(runtime?.labels).toMatchObject({
      'vastrox.digest': language,
      'vastrox.base': base?.id,
      'vastrox.kind': 'stack',
    })
    expect(
      (await lookAt(own.engine, own.names.build(tinyImage('1.0'))))?.labels['vastrox.digest'],
    ).toBe(language)
    expect(await own.tags()).toEqual(
      expect.not.arrayContaining([expect.stringContaining('/official:')]),
    )
    expect(JSON.stringify([base, runtime])).not.toContain(USER.password)
  })

  it('a digest tells when an official image has moved', async () => {
    await set(mirror())
    const signal = AbortSignal.timeout(10_000)
    const before = await officialDigest(deps, 'tiny:1.0-slim-trixie', signal)

    const moved = await publish('tiny:1.0-slim-trixie', [
      'FROM scratch AS it',
      `LABEL again=${ONCE}`,
      'COPY Dockerfile /language',
    ])

    expect(moved).not.toBe(before)
    expect(await officialDigest(deps, 'tiny:1.0-slim-trixie', signal)).toBe(moved)
    expect(await officialDigest(deps, 'tiny:9.9', signal)).toBeUndefined()
  })

  it('what only a registry has can be had, and what it has not comes from the distribution', async () => {
    await set(mirror())
    await publish('tiny:2.0-slim-trixie', ['FROM scratch AS it', 'COPY Dockerfile /language'])
    const plain = { ...tiny, official: () => 'nobody:1' }

    await makeImages(deps, chooseRecipe(tinyImage('2.0'), [tiny]), own.order())
    await makeImages(deps, chooseRecipe(tinyImage('1.0'), [plain]), own.order())

    const only = await lookAt(own.engine, own.names.runtime(tinyImage('2.0')))
    const other = await lookAt(own.engine, own.names.runtime(tinyImage('1.0')))
    expect(only?.labels['vastrox.digest']).toMatch(/^sha256:/)
    expect(other?.labels['vastrox.digest']).toBe('')
  })
})

describe('where none answers', () => {
  it('what only a registry has is refused in one sentence', async () => {
    await set(null, { isOff: true })

    await expect(
      makeImages(deps, chooseRecipe({ stack: 'dotnet', version: '8.0' }), own.order()),
    ).rejects.toMatchObject({
      code: 'IMAGE_PREPARE_FAILED',
      details: {
        reason: 'No image registry answers, and the .NET SDK comes only from there.',
      },
    })
    await expect(
      makeImages(deps, chooseRecipe(tinyImage('2.0'), [tiny]), own.order()),
    ).rejects.toMatchObject({
      details: {
        reason:
          'No image registry answers, and Tiny 2.0 comes only from there; without one there are 1.0.',
      },
    })
  })

  it('that is found out within 3 s, and not asked again for 10 minutes', async () => {
    await set(mirror())
    let nowMs = 0
    const { registryFile } = deps
    const probe = createRegistryProbe({ engine: own.engine, registryFile, elapsedMs: () => nowMs })
    registry.behave('silent')
    const startedAt = performance.now()

    const first = await probe.answers(AbortSignal.timeout(10_000))
    const tookMs = performance.now() - startedAt
    registry.behave('well')
    nowMs = 9 * 60_000
    const asked = registry.asked.length
    const remembered = await probe.answers(AbortSignal.timeout(10_000))
    const askedAgain = registry.asked.length
    nowMs = 11 * 60_000
    const later = await probe.answers(AbortSignal.timeout(10_000))

    expect([first, remembered, later]).toEqual([false, false, true])
    // Three seconds, and what a busy machine adds to them.
    expect(tookMs).toBeLessThan(7_000)
    expect(askedAgain).toBe(asked)
  })

  it('is asked again at once when root has set another mirror', async () => {
    await set({ ...mirror(), host: '127.0.0.1:9' })
    const before = await deps.probe.answers(AbortSignal.timeout(10_000))
    await set(mirror())

    expect(before).toBe(false)
    expect(await deps.probe.answers(AbortSignal.timeout(10_000))).toBe(true)
  })
})

describe('a registry that dies in the middle', () => {
  it('is done without: the base is bootstrapped, and the language is the distribution’s', async () => {
    // Not made by a build, so that no layer of it is on this machine when it is fetched.
    const large = `${own.names.namespace}/large:1`
    await own.engine.act('POST', '/images/create', {
      query: { fromSrc: '-', repo: `${own.names.namespace}/large`, tag: '1' },
      headers: { 'Content-Type': 'application/x-tar' },
      body: Readable.from([await tarOf({ noise: randomBytes(3_000_000).toString('base64') })]),
    })
    await registry.put(large, 'hub/library/debian:bookworm-slim')
    await own.removeAll()
    await own.tagAs(MACHINE.base('trixie'), own.names.base('trixie'))
    const older = { ...tiny, versions: [{ version: '1.0', suite: 'bookworm' }] as const }
    await set(mirror())
    registry.behave({ diesAfterBytes: 500_000 })
    const said: string[] = []

    await makeImages(deps, chooseRecipe(tinyImage('1.0'), [older]), own.order(said))

    const base = await lookAt(own.engine, own.names.base('bookworm'))
    const runtime = await lookAt(own.engine, own.names.runtime(tinyImage('1.0')))
    expect(said.join('')).toMatch(
      /debian:bookworm-slim could not be fetched: The registry fell silent/,
    )
    expect(said.join('')).toContain('installing the base system from signed packages')
    expect(base?.labels['vastrox.digest']).toBe('')
    expect(runtime?.labels).toMatchObject({ 'vastrox.base': base?.id })
    expect(await deps.probe.answers(AbortSignal.timeout(10_000))).toBe(false)
  })
})
