import { CodedError } from '@vastrox/shared/errors.ts'
import { formatImageReference, type ImageReference } from '@vastrox/shared/image-reference.ts'
import { z } from 'zod'
import type { Engine } from '#agent/engine/engine.ts'
import { isNotFound } from '#agent/engine/engine-error.ts'
import { baseName, keptBy } from '#agent/images/kept-bases.ts'
import { askDigest } from '#agent/images/registry/ask.ts'
import { type Fetched, fetchImage, forget } from '#agent/images/registry/fetch-image.ts'
import type { Located } from '#agent/images/registry/locate.ts'
import type { Network } from '#agent/images/registry/pinned-request.ts'
import { withRegistry } from '#agent/images/registry/reach.ts'
import type { RegistrySettings } from '#agent/images/registry/settings.ts'

const ASK_MS = 10_000
const TRIES = 2

const Inspected = z.object({
  Id: z.string(),
  Os: z.string().nullish(),
  Architecture: z.string().nullish(),
  Config: z.object({ OnBuild: z.array(z.string()).nullish() }).nullish(),
})

export interface BaseDeps {
  engine: Engine
  instance: string
  settings: RegistrySettings
  network?: Network | undefined
}

/** An image of others that lies here under our name, as it was looked at. */
export interface BaseImage {
  imageId: string
  triggers: string[]
  platform: string
}

/** As a build has it. */
interface TakenImage extends BaseImage {
  /** The name leads to another image than before. */
  isNew: boolean
}

/**
 * Brings the image here under its baseName, as its registry gives it to anybody now. What the engine
 * has already says nothing of where it came from nor of who may have it (an engine with containerd's
 * store gives even an image that was made here a digest), so the registry is asked in any case, without
 * credentials. One that does not answer is done without where we have fetched that image before.
 */
export async function takeBase(
  deps: BaseDeps,
  reference: ImageReference,
  say: (line: string) => Promise<void>,
  signal: AbortSignal,
): Promise<TakenImage> {
  const name = baseName(deps.instance, reference)
  const before = await lookAt(deps.engine, name)
  try {
    await withRegistry(deps, { reference, credentials: null }, signal, (located) =>
      bring(deps, { located, name }, say, signal),
    )
  } catch (error) {
    if (!isSilence(error) || before === undefined) throw error
    await say(
      `${formatImageReference(reference)}: its registry does not answer; the image that was fetched before is used`,
    )
    return { ...before, isNew: false }
  }
  const base = await lookAt(deps.engine, name)
  if (base === undefined) throw new Error(`${name} is not there after it was fetched`)
  return { ...base, isNew: base.imageId !== before?.imageId }
}

async function bring(
  { engine, instance }: BaseDeps,
  { located, name }: { located: Located; name: string },
  say: (line: string) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const digest = await askDigest(engine, located, { timeoutMs: ASK_MS, signal })
  const keeper = `${keptBy(instance)}digest:${digest.replace('sha256:', '')}`
  const here = await lookAt(engine, keeper)
  // In this order: what has a base's name is in use, and not dropped.
  const names = [name, keeper]
  if (here !== undefined) await tag(engine, here.imageId, names)
  else await fetchAs(engine, { ...located, digest }, names, say, signal)
}

/** Whoever else had fetched it may forget it at the same moment, and the image with it. */
async function fetchAs(
  engine: Engine,
  located: Located & { digest: string },
  names: readonly string[],
  say: (line: string) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  for (let turn = 1; ; turn++) {
    const fetched: Fetched = await fetchImage(engine, located, say, signal)
    try {
      await tag(engine, fetched.imageId, names)
      return await forget(engine, fetched)
    } catch (error) {
      if (turn === TRIES || !isNotFound(error)) throw error
    }
  }
}

async function tag(engine: Engine, imageId: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const [repo, version] = name.split(':')
    await engine.act('POST', `/images/${imageId}/tag`, { query: { repo, tag: version } })
  }
}

async function lookAt(engine: Engine, name: string): Promise<BaseImage | undefined> {
  const found = await inspect(engine, name)
  if (found === undefined) return undefined
  return {
    imageId: found.Id,
    triggers: found.Config?.OnBuild ?? [],
    platform: `${found.Os ?? ''}/${found.Architecture ?? ''}`,
  }
}

async function inspect(
  engine: Engine,
  name: string,
): Promise<z.infer<typeof Inspected> | undefined> {
  try {
    return await engine.get(`/images/${name}/json`, Inspected)
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

/** It did not say no: it said nothing. */
const isSilence = (error: unknown): boolean =>
  error instanceof CodedError &&
  error.code === 'IMAGE_PULL_FAILED' &&
  error.details['isDenied'] !== true
