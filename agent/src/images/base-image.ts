import { CodedError } from '@vastrox/shared/errors.ts'
import { officialBase } from '#agent/images/bootstrap/base-recipe.ts'
import { registryBaseDockerfile } from '#agent/images/bootstrap/from-registry.ts'
import { bootstrapInContainer } from '#agent/images/bootstrap/in-container.ts'
import { bootstrapOnHost } from '#agent/images/bootstrap/on-host.ts'
import { buildStage } from '#agent/images/build-stage.ts'
import { readDebianMirrors, sourceLines } from '#agent/images/debian-mirrors.ts'
import type { ImageNames } from '#agent/images/image-names.ts'
import { bareContext } from '#agent/images/installed-node.ts'
import type { Suite } from '#agent/images/recipes/recipe.ts'
import {
  dropOfficial,
  type OfficialDeps,
  takeOfficial,
} from '#agent/images/registry/official-image.ts'
import { recipeIn, stackLabels } from '#agent/images/stack-image.ts'
import { stamped } from '#agent/images/stamp.ts'
import { type Base, basesOf } from '#agent/images/variants.ts'

/** What the host makes by itself: the newest that works, the one before where a mirror does not carry it. */
const FIRST: readonly Suite[] = ['trixie', 'bookworm']
/** A suite that could not be made is not tried again before this. */
const FAILED_FOR_MS = 15 * 60_000

/** Which suites could not be made of late, and why. */
export type FailedBases = Map<Suite, { reason: string; atMs: number }>

export interface BaseDeps extends OfficialDeps {
  /** For the tar between mmdebstrap and the engine. */
  scratch: string
  failedBases: FailedBases
  names: ImageNames
}

export interface Order {
  say: (text: string) => Promise<void>
  signal: AbortSignal
  /** Steps of another stamp are made anew. */
  stamp: string
}

/**
 * The Debian root file system of a suite under everything else, with the security suite: the official
 * image where a registry answers, otherwise from the distribution's signed packages. The first of
 * these is made on the host, since there is no container yet to make it in; every other is made in a
 * container of one that is there, so that no maintainer script of theirs runs as root of the host.
 * Throws IMAGE_PREPARE_FAILED with the reason.
 */
export async function prepareBase(deps: BaseDeps, suite: Suite, order: Order): Promise<Base> {
  const there = await baseThere(deps, suite)
  if (there) return there
  const failed = deps.failedBases.get(suite)
  if (failed && performance.now() - failed.atMs < FAILED_FOR_MS) throw refusal(failed.reason)
  return makeBase(deps, suite, order)
}

/** Makes it, whether it is there or not; the one before keeps what is built on it. */
export async function makeBase(deps: BaseDeps, suite: Suite, order: Order): Promise<Base> {
  const official = await fromRegistry(deps, suite, order)
  if (official) return official
  const maker = await makerOf(deps, suite, order)
  if (maker === 'made') return bootstrapped(deps, suite)
  const { engine, names } = deps
  const failure = await bootstrapInContainer(
    engine,
    { suite, maker, tag: names.base(suite) },
    order,
  )
  if (failure === undefined) return bootstrapped(deps, suite)
  throw fail(deps, suite, `${suite}: ${failure}`)
}

/** The base that the tag of the suite names, of whichever origin. */
export async function baseThere(
  { engine, names }: Pick<BaseDeps, 'engine' | 'names'>,
  suite: Suite,
): Promise<Base | undefined> {
  const bases = basesOf(names, suite)
  const recipe = await recipeIn(engine, names.base(suite))
  return bases.find((base) => base.recipe === recipe)
}

function bootstrapped({ names }: BaseDeps, suite: Suite): Base {
  const base = basesOf(names, suite).find(({ origin }) => origin === 'distribution')
  if (!base) throw new Error(`there is no base of ${suite}`)
  return base
}

/** The official image, brought up to date; undefined where no registry has it. */
async function fromRegistry(
  deps: BaseDeps,
  suite: Suite,
  { say, signal, stamp }: Order,
): Promise<Base | undefined> {
  const official = await takeOfficial(deps, officialBase(suite), say, signal)
  const base = basesOf(deps.names, suite).find(({ origin }) => origin === 'registry')
  if (!official || !base) return undefined
  try {
    const lines = sourceLines(await readDebianMirrors(), suite)
    const dockerfile = stamped(registryBaseDockerfile(official.tag, lines), stamp)
    const { digest } = official
    const labels = stackLabels({ tag: base.tag, recipe: base.recipe, suite, digest })
    const context = bareContext(dockerfile)
    const stage = { target: 'base', tag: base.tag, labels, context }
    const failure = await buildStage(deps.engine, stage, signal)
    if (failure === undefined) return base
    await say(`${official.reference} could not be brought up to date: ${failure}\n`)
    return undefined
  } finally {
    await dropOfficial(deps.engine, official)
  }
}

/** An image to bootstrap in: one of the same suite at best. `made`: the host has made the base itself. */
async function makerOf(deps: BaseDeps, suite: Suite, order: Order): Promise<string> {
  for (const each of [suite, ...FIRST]) {
    const there = await baseThere(deps, each)
    if (there) return there.tag
  }
  const failures: string[] = []
  for (const first of FIRST) {
    const failure = await bootstrapOnHost(deps, first, order.say, order.signal)
    if (failure === undefined) return first === suite ? 'made' : bootstrapped(deps, first).tag
    failures.push(`${first}: ${failure}`)
    fail(deps, first, `${first}: ${failure}`)
  }
  throw refusal(failures.join('; '))
}

function fail({ failedBases }: BaseDeps, suite: Suite, reason: string): CodedError {
  failedBases.set(suite, { reason, atMs: performance.now() })
  return refusal(reason)
}

const refusal = (why: string): CodedError =>
  new CodedError('IMAGE_PREPARE_FAILED', { reason: `The Debian base could not be made (${why}).` })
