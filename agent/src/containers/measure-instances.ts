import type { AgentOutput } from '@vastrox/shared/agent-api.ts'
import { LABEL } from '#agent/containers/labels.ts'
import { listContainers, nameOf } from '#agent/containers/list-instances.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { readContainerUsage } from '#agent/node/cgroups.ts'

/** Memory and CPU of what runs, from the kernel's own files: the engine's stats call costs a second each. */
export async function measureInstances(
  engine: Engine,
  instance: string,
): Promise<AgentOutput<'measure-instances'>> {
  const containers = await listContainers(engine, {
    [LABEL.instance]: instance,
    [LABEL.kind]: 'instance',
  })
  const usages = await Promise.all(
    containers
      .filter((container) => container.State === 'running')
      .map(async (container) => {
        const usage = await readContainerUsage(container.Id)
        return usage && { name: nameOf(container), ...usage }
      }),
  )
  return { instances: usages.filter((usage) => usage !== undefined) }
}
