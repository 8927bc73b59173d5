import { buildContext } from '#adapters/system/build-context.ts'
import { createFakeNodeBackups } from '#test/fakes/node-backups.ts'
import type { Harness } from '#test/harness.ts'
import { composeRestores, type RestoresDeps } from '../src/compose-restores.ts'

type Given = Pick<
  Harness,
  'db' | 'addons' | 'node' | 'deployments' | 'sourceArchive' | 'events' | 'clock' | 'newId'
> &
  Pick<RestoresDeps, 'backups' | 'env' | 'audit'> & { problems: string[] }

/** Drills and restores over repositories in memory. */
export function idleWayBack(given: Given) {
  const agent = given.node.agent(() => false)
  return composeRestores({
    ...given,
    addons: given.addons.open,
    nodeAddons: agent.addons,
    node: createFakeNodeBackups(() => given.clock.now()).node,
    agent,
    buildContext,
    noteNews: () => {},
    nodeName: 'local',
    crashPoint: () => {},
    onProblem: (what, error) => given.problems.push(`${what}: ${String(error)}`),
  })
}
