import type { BuildSettings } from '@vastrox/shared/build-settings.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { BuildPlan, Detection, SourceTree, Stack, Wishes } from '#ports/stack.ts'

export interface SourcePlan {
  stack: Stack
  detection: Detection
  plan: BuildPlan
  /** The part of the repository that is the app; null for all of it. */
  rootDirectory: string | null
}

interface Order {
  /** Reads the source: every path, and the texts that the patterns name. */
  readTree: (reads: readonly string[]) => Promise<SourceTree>
  stacks: readonly Stack[]
  settings: BuildSettings
  envKeys: readonly string[]
}

/**
 * Works out what a source is and how it is built: the one way for a deployment and for a dry run.
 * Throws STACK_NOT_DETECTED, START_COMMAND_MISSING or BUILD_SETTINGS_INVALID with a `reason`.
 */
export async function planSource(order: Order): Promise<SourcePlan> {
  const { stacks, settings, envKeys } = order
  const { rootDirectory } = settings
  const reads = [...new Set(stacks.flatMap((stack) => stack.reads))]
  const repository = await order.readTree([
    ...reads,
    ...(rootDirectory === null
      ? []
      : reads.map((pattern) => `/${rootDirectory}/${unanchored(pattern)}`)),
  ])
  const tree = rootDirectory === null ? repository : treeBelow(repository, rootDirectory)
  const wishes: Wishes = {
    ...settings,
    envKeys,
    ...(rootDirectory === null ? {} : { repository }),
  }
  const found = choose(tree, stacks, wishes)
  return { ...found, plan: found.stack.plan(tree, wishes), rootDirectory }
}

const unanchored = (pattern: string): string => pattern.replace(/^\//, '')

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
    return { stack, detection: { because: `stack: ${wishes.stack}` } }
  }
  for (const stack of stacks) {
    const detection = stack.detect(tree, wishes)
    if (detection) return { stack, detection }
  }
  throw new CodedError('STACK_NOT_DETECTED')
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
