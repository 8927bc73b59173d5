import type { AppConfig } from '@vastrox/shared/app-config.ts'
import type { BuildSettings } from '@vastrox/shared/build-settings.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { APP_FILES, rootDirectoryOf, type Said, whatIsSaid } from '#core/builds/app-config.ts'
import {
  type BuildPlan,
  type Detection,
  type SourceTree,
  type Stack,
  type Wishes,
  whereSaid,
} from '#ports/stack.ts'

export interface SourcePlan {
  stack: Stack
  detection: Detection
  plan: BuildPlan
  /** What people have said about the app, in the settings and in its files. */
  said: Said
  /** The part of the repository that is the app; null for all of it. */
  rootDirectory: string | null
  /** What the source is besides its Dockerfile: "Node.js"; null where nothing else would build it. */
  without: string | null
}

interface Order {
  /** Reads the source: every path, and the texts that the patterns name. */
  readTree: (reads: readonly string[]) => Promise<SourceTree>
  stacks: readonly Stack[]
  settings: BuildSettings
  /** Names of the env variables that are marked for builds; asked for after `declare`. */
  buildKeys: () => readonly string[]
  /**
   * Told what the source says before the plan is made; gives the names of the env variables that are
   * set by then. What it throws ends it.
   */
  declare: (config: AppConfig) => readonly string[] | Promise<readonly string[]>
}

/**
 * Works out what a source is and how it is built: the one way for a deployment and for a dry run.
 * Throws STACK_NOT_DETECTED, START_COMMAND_MISSING or BUILD_SETTINGS_INVALID with a `reason`.
 */
export async function planSource(order: Order): Promise<SourcePlan> {
  const { stacks, settings } = order
  const reads = [...new Set([...SAID_IN, ...stacks.flatMap((stack) => stack.reads)])]
  const { repository, rootDirectory } = await readAll(order, reads)
  const tree = rootDirectory === undefined ? repository : treeBelow(repository, rootDirectory)
  const names = stacks.map(({ name }) => name)
  const said = whatIsSaid(repository, settings, rootDirectory, names)
  const envKeys = await order.declare(said.config)
  const wishes: Wishes = {
    ...said.build,
    buildEnvKeys: [...new Set([...said.build.buildEnvKeys, ...order.buildKeys()])],
    where: said.where,
    processes: said.processes,
    envKeys,
    ...(rootDirectory === undefined ? {} : { repository }),
  }
  const found = choose(tree, stacks, wishes)
  const plan = found.stack.plan(tree, wishes)
  const without = found.stack.name === 'dockerfile' ? withoutIt(tree, stacks, wishes) : null
  return { ...found, plan, said, rootDirectory: rootDirectory ?? null, without }
}

/** The files that say something of the app, in the root of what is read. */
const SAID_IN = [...APP_FILES, 'Procfile'].map((name) => `/${name}`)

/** Where only vastrox.json names the root directory, the source is read a second time: for what is in it. */
async function readAll(
  { readTree, settings }: Order,
  reads: readonly string[],
): Promise<{ repository: SourceTree; rootDirectory: string | undefined }> {
  const read = (rootDirectory: string | null | undefined): Promise<SourceTree> =>
    readTree([...reads, ...(rootDirectory ? below(rootDirectory, reads) : [])])
  const repository = await read(settings.rootDirectory)
  const rootDirectory = rootDirectoryOf(repository, settings)
  return rootDirectory === (settings.rootDirectory ?? undefined)
    ? { repository, rootDirectory }
    : { repository: await read(rootDirectory), rootDirectory }
}

/** Those of the patterns that name a place, for the same place in a directory; the others hold anywhere. */
const below = (directory: string, patterns: readonly string[]): string[] =>
  patterns
    .filter((pattern) => pattern.replace(/\/$/, '').includes('/'))
    .map((pattern) => `/${directory}/${pattern.replace(/^\//, '')}`)

function choose(
  tree: SourceTree,
  stacks: readonly Stack[],
  wishes: Wishes,
): { stack: Stack; detection: Detection } {
  if (wishes.stack !== null) {
    const stack = stacks.find(({ name }) => name === wishes.stack)
    if (!stack)
      throw new CodedError('BUILD_SETTINGS_INVALID', {
        reason: `There is no stack "${wishes.stack}"; there are ${stacks.map(({ name }) => name).join(', ')}.`,
      })
    return {
      stack,
      detection: { because: `stack: ${wishes.stack}, ${whereSaid(wishes, 'stack')}` },
    }
  }
  for (const stack of stacks) {
    const detection = stack.detect(tree, wishes)
    if (detection) return { stack, detection }
  }
  throw new CodedError('STACK_NOT_DETECTED')
}

function withoutIt(tree: SourceTree, stacks: readonly Stack[], wishes: Wishes): string | null {
  try {
    const others = stacks.filter(({ name }) => name !== 'dockerfile')
    return choose(tree, others, { ...wishes, stack: null }).stack.title
  } catch {
    // Nothing else takes it.
    return null
  }
}

/** The tree as it is seen from one of its directories. Throws where there is no such directory. */
function treeBelow(tree: SourceTree, directory: string): SourceTree {
  const prefix = `${directory}/`
  const paths = new Set(
    [...tree.paths].flatMap((path) => (path.startsWith(prefix) ? [path.slice(prefix.length)] : [])),
  )
  if (paths.size === 0)
    throw new CodedError('BUILD_SETTINGS_INVALID', {
      reason: `The source has no directory ${directory}, which rootDirectory names.`,
    })
  return { paths, read: (path) => tree.read(prefix + path) }
}
