import type { ObservedInstance } from '@vastrox/shared/agent-api.ts'
import { z } from 'zod'
import { InstanceLabels, LABEL, withLabels } from '#agent/containers/labels.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { isNotFound } from '#agent/engine/engine-error.ts'
import { LOCAL_NODE } from '#agent/settings.ts'

export const ContainerList = z.array(
  z.object({
    Id: z.string(),
    Names: z.array(z.string()),
    State: z.string(),
    Labels: z.record(z.string(), z.string()),
  }),
)

const Details = z.object({
  RestartCount: z.int(),
  State: z.object({
    Status: z.string(),
    ExitCode: z.int(),
    OOMKilled: z.boolean(),
    StartedAt: z.string(),
  }),
})

/** Every instance of this installation, as the engine sees it now. */
export async function listInstances(
  engine: Engine,
  instance: string,
): Promise<{ instances: ObservedInstance[] }> {
  const containers = await listContainers(engine, {
    [LABEL.instance]: instance,
    [LABEL.kind]: 'instance',
  })
  const observed = await Promise.all(
    containers.map((container) => observe(engine, nameOf(container), container.Labels)),
  )
  return { instances: observed.filter((one) => one !== undefined) }
}

export const listContainers = (engine: Engine, labels: Record<string, string>) =>
  engine.get('/containers/json', ContainerList, {
    query: { all: true, filters: withLabels(labels) },
  })

export const nameOf = (container: { Names: string[] }): string => container.Names[0]?.slice(1) ?? ''

async function observe(
  engine: Engine,
  name: string,
  labels: Record<string, string>,
): Promise<ObservedInstance | undefined> {
  const { address, ...identity } = InstanceLabels.parse(labels)
  try {
    const { State, RestartCount } = await engine.get(
      `/containers/${encodeURIComponent(name)}/json`,
      Details,
    )
    const status = statusOf(State.Status)
    const started = !State.StartedAt.startsWith('0001-')
    return {
      name,
      ...identity,
      node: LOCAL_NODE,
      host: address,
      status,
      exitCode: status === 'running' || !started ? null : State.ExitCode,
      oomKilled: State.OOMKilled,
      restarts: RestartCount,
      startedAt: started ? new Date(State.StartedAt).toISOString() : null,
    }
  } catch (error) {
    // Removed between the list and the look.
    if (isNotFound(error)) return undefined
    throw error
  }
}

function statusOf(status: string): ObservedInstance['status'] {
  switch (status) {
    case 'running':
    case 'paused':
      return 'running'
    case 'created':
    case 'restarting':
    case 'exited':
      return status
    default:
      return 'dead'
  }
}
