import type { ObservedInstance } from '@vastrox/shared/agent-api.ts'
import { z } from 'zod'
import { InstanceLabels, LABEL, withLabels } from '#agent/containers/labels.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { isNotFound } from '#agent/engine/engine-error.ts'
import { processStart } from '#agent/node/process-start.ts'
import { LOCAL_NODE } from '#agent/settings.ts'

const ContainerList = z.array(
  z.object({
    Id: z.string(),
    Names: z.array(z.string()),
    State: z.string(),
    Labels: z.record(z.string(), z.string()),
  }),
)
type Container = z.infer<typeof ContainerList>[number]

const Details = z.object({
  RestartCount: z.int(),
  State: z.object({
    Pid: z.int(),
    Status: z.string(),
    ExitCode: z.int(),
    OOMKilled: z.boolean(),
    StartedAt: z.string(),
  }),
})

/** What was seen of a container while this very process of it ran. */
interface Seen {
  pid: number
  start: string
  observed: ObservedInstance
}

/**
 * Every instance of this installation, as the engine sees it now. One that still runs as the process
 * it was is not asked about again: nothing in the answer can have changed, and with 60 apps those
 * questions are what the call costs.
 */
export function createInstanceList({ engine, instance }: { engine: Engine; instance: string }) {
  let known = new Map<string, Seen>()

  async function observe(container: Container): Promise<[string, Seen] | undefined> {
    const before = known.get(container.Id)
    // Seen between two processes of it, or before the first: no process is not the same process.
    if (
      before &&
      before.start !== '' &&
      before.observed.status === 'running' &&
      container.State === 'running' &&
      (await processStart(before.pid)) === before.start
    )
      return [container.Id, before]
    const seen = await inspect(engine, container)
    return seen && [container.Id, seen]
  }

  return async function listInstances(): Promise<{ instances: ObservedInstance[] }> {
    const containers = await listContainers(engine, {
      [LABEL.instance]: instance,
      [LABEL.kind]: 'instance',
    })
    const seen = (await Promise.all(containers.map(observe))).filter((one) => one !== undefined)
    known = new Map(seen)
    return { instances: seen.map(([, { observed }]) => observed) }
  }
}

/** Those that have ended too, unless `all` is false. */
export const listContainers = (engine: Engine, labels: Record<string, string>, all = true) =>
  engine.get('/containers/json', ContainerList, {
    query: { all, filters: withLabels(labels) },
  })

export const nameOf = (container: { Names: string[] }): string => container.Names[0]?.slice(1) ?? ''

async function inspect(engine: Engine, container: Container): Promise<Seen | undefined> {
  const { address, ...identity } = InstanceLabels.parse(container.Labels)
  const name = nameOf(container)
  try {
    const path = `/containers/${container.Id}/json`
    const { State, RestartCount } = await engine.get(path, Details)
    const status = statusOf(State.Status)
    const started = !State.StartedAt.startsWith('0001-')
    const observed: ObservedInstance = {
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
    return { pid: State.Pid, start: await processStart(State.Pid), observed }
  } catch (error) {
    // Removed between the list and the look.
    if (isNotFound(error)) return undefined
    throw error
  }
}

/** In our words. */
export function statusOf(status: string): ObservedInstance['status'] {
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
