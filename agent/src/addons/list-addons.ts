import type { ObservedAddon } from '@vastrox/shared/agent-api-addons.ts'
import { z } from 'zod'
import { type AddonContainer, listAddonContainers } from '#agent/addons/addon-containers.ts'
import { statusOf } from '#agent/containers/list-instances.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { isNotFound } from '#agent/engine/engine-error.ts'
import { readContainerUsage } from '#agent/node/cgroups.ts'

const MOST = 2_000
const Details = z.object({
  RestartCount: z.int(),
  State: z.object({
    Status: z.string(),
    ExitCode: z.int(),
    OOMKilled: z.boolean(),
    StartedAt: z.string(),
  }),
})

/** What the engine and the kernel say about add-ons right now. */
export async function listAddons(
  engine: Pick<Engine, 'get'>,
  instance: string,
): Promise<{ addons: ObservedAddon[] }> {
  const containers = (await listAddonContainers(engine, instance)).slice(0, MOST)
  const observed = await Promise.all(containers.map((each) => observe(engine, each)))
  return { addons: observed.filter((each) => each !== undefined) }
}

async function observe(
  engine: Pick<Engine, 'get'>,
  { id, addonId, generation, address }: AddonContainer,
): Promise<ObservedAddon | undefined> {
  try {
    const { State, RestartCount } = await engine.get(`/containers/${id}/json`, Details)
    const status = statusOf(State.Status)
    const hasStarted = !State.StartedAt.startsWith('0001-')
    const usage = status === 'running' ? await readContainerUsage(id) : undefined
    return {
      addonId,
      generation,
      status,
      exitCode: status === 'running' || !hasStarted ? null : State.ExitCode,
      oomKilled: State.OOMKilled,
      restarts: RestartCount,
      startedAt: hasStarted ? new Date(State.StartedAt).toISOString() : null,
      host: address === '' ? null : address,
      memoryBytes: usage?.memoryBytes ?? null,
      cpuUsec: usage?.cpuUsec ?? null,
    }
  } catch (error) {
    // Removed between the list and the look.
    if (isNotFound(error)) return undefined
    throw error
  }
}
