import { CodedError } from '@vastrox/shared/errors.ts'
import { parseImageReference } from '@vastrox/shared/image-reference.ts'
import type { Engine } from '#agent/engine/engine.ts'
import type { ImageNames } from '#agent/images/image-names.ts'
import { askDigest } from '#agent/images/registry/ask.ts'
import { type Fetched, fetchImage, forget } from '#agent/images/registry/fetch-image.ts'
import { locate } from '#agent/images/registry/locate.ts'
import type { RegistryProbe } from '#agent/images/registry/probe.ts'
import { readRegistrySettings } from '#agent/images/registry/settings.ts'

const ASK_MS = 10_000

export interface OfficialDeps {
  engine: Engine
  registryFile: string
  probe: RegistryProbe
  names: ImageNames
  /** A registry that says nothing for so long is dead; fetchImage()'s own where left out. */
  registrySilenceMs?: number
}

/** An official image on this machine, under a name of ours, pinned by its digest. */
export interface Official {
  reference: string
  tag: string
  digest: string
  fetched: Fetched
}

/** What the registry gives for an official image now; undefined where it has none or does not answer. */
export async function officialDigest(
  deps: OfficialDeps,
  reference: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (!(await deps.probe.answers(signal))) return undefined
  try {
    return await askDigest(deps.engine, await located(deps, reference), {
      timeoutMs: ASK_MS,
      signal,
    })
  } catch (error) {
    return undefinedUnlessBug(error, deps, signal)
  }
}

/**
 * Fetches an official image where a registry answers. A registry that has none, or that dies in the
 * middle, gives undefined: whoever asks has another way.
 */
export async function takeOfficial(
  deps: OfficialDeps,
  reference: string,
  say: (text: string) => Promise<void>,
  signal: AbortSignal,
): Promise<Official | undefined> {
  const digest = await officialDigest(deps, reference, signal)
  if (digest === undefined) return undefined
  const tag = deps.names.official(reference)
  await say(`Fetching ${reference} (${digest.slice(0, 19)}…)\n`)
  try {
    const from = { ...(await located(deps, reference)), digest }
    const fetched = await fetchImage(
      deps.engine,
      from,
      (line) => say(`${line}\n`),
      signal,
      deps.registrySilenceMs,
    )
    const [repo, name] = tag.split(':')
    await deps.engine.act('POST', `/images/${fetched.imageId}/tag`, { query: { repo, tag: name } })
    return { reference, tag, digest, fetched }
  } catch (error) {
    const nothing = await undefinedUnlessBug(error, deps, signal)
    await say(`${reference} could not be fetched: ${reasonOf(error)}; going on without it\n`)
    return nothing
  }
}

/** What was made with it keeps its layers; the rest need not lie about. */
export async function dropOfficial(engine: Engine, official: Official | undefined): Promise<void> {
  if (official === undefined) return
  await engine.act('DELETE', `/images/${official.tag}`).catch(() => {
    // Another preparation has it under way; it goes with that one.
  })
  await forget(engine, official.fetched)
}

async function located({ registryFile }: OfficialDeps, text: string) {
  const reference = parseImageReference(text)
  if (reference === undefined) throw new Error(`${text} is not the name of an image`)
  return locate(reference, await readRegistrySettings(registryFile))
}

async function undefinedUnlessBug(
  error: unknown,
  { probe }: OfficialDeps,
  signal: AbortSignal,
): Promise<undefined> {
  signal.throwIfAborted()
  if (!(error instanceof CodedError)) throw error
  if (error.code === 'IMAGE_NOT_FOUND') return
  if (error.code !== 'IMAGE_PULL_FAILED') throw error
  await probe.noteDead()
}

const reasonOf = (error: unknown): string =>
  error instanceof CodedError ? String(error.details['reason']) : String(error)
