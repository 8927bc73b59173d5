import { CodedError } from '@vastrox/shared/errors.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { baseRecipe, baseTag } from '#agent/images/bootstrap/base-recipe.ts'
import { bootstrapInContainer } from '#agent/images/bootstrap/in-container.ts'
import { bootstrapOnHost } from '#agent/images/bootstrap/on-host.ts'
import type { Suite } from '#agent/images/recipes/recipe.ts'
import { recipeIn } from '#agent/images/stack-image.ts'

/** What the host makes by itself: the newest that works, the one before where a mirror does not carry it. */
const FIRST: readonly Suite[] = ['trixie', 'bookworm']
/** A suite that could not be made is not tried again before this. */
const FAILED_FOR_MS = 15 * 60_000

/** Which suites could not be made of late, and why. */
export type FailedBases = Map<Suite, { reason: string; atMs: number }>

interface Deps {
  engine: Engine
  /** For the tar between mmdebstrap and the engine. */
  scratch: string
  failedBases: FailedBases
}

export interface Base {
  suite: Suite
  tag: string
  recipe: string
}

export const baseOf = (suite: Suite): Base => ({
  suite,
  tag: baseTag(suite),
  recipe: baseRecipe(suite),
})

/**
 * The Debian root file system of a suite under everything else, from the distribution's signed
 * packages, with the security suite. The first is made on the host, since there is no container yet
 * to make it in; every other is made in a container of the first, so that no maintainer script of
 * theirs runs as root of the host. Throws IMAGE_PREPARE_FAILED with the reason.
 */
export async function prepareBase(
  deps: Deps,
  suite: Suite,
  say: (text: string) => Promise<void>,
  signal: AbortSignal,
): Promise<Base> {
  if (await isThere(deps, suite)) return baseOf(suite)
  const failed = deps.failedBases.get(suite)
  if (failed && performance.now() - failed.atMs < FAILED_FOR_MS) throw refusal(failed.reason)
  const first = await firstBase(deps, say, signal)
  if (first.suite === suite) return first
  const failure = await bootstrapInContainer(deps.engine, { suite, maker: first.tag }, say, signal)
  if (failure === undefined) return baseOf(suite)
  throw fail(deps, suite, `${suite}: ${failure}`)
}

async function firstBase(
  deps: Deps,
  say: (text: string) => Promise<void>,
  signal: AbortSignal,
): Promise<Base> {
  for (const suite of FIRST) if (await isThere(deps, suite)) return baseOf(suite)
  const failures: string[] = []
  for (const suite of FIRST) {
    const failure = await bootstrapOnHost(deps, suite, say, signal)
    if (failure === undefined) return baseOf(suite)
    failures.push(`${suite}: ${failure}`)
    fail(deps, suite, `${suite}: ${failure}`)
  }
  throw refusal(failures.join('; '))
}

const isThere = async ({ engine }: Deps, suite: Suite): Promise<boolean> =>
  (await recipeIn(engine, baseTag(suite))) === baseRecipe(suite)

function fail({ failedBases }: Deps, suite: Suite, reason: string): CodedError {
  failedBases.set(suite, { reason, atMs: performance.now() })
  return refusal(reason)
}

const refusal = (why: string): CodedError =>
  new CodedError('IMAGE_PREPARE_FAILED', { reason: `The Debian base could not be made (${why}).` })
