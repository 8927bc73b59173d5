import { CodedError } from '@vastrox/shared/errors.ts'
import { z } from 'zod'
import { LABEL, withLabels } from '#agent/containers/labels.ts'
import type { Engine } from '#agent/engine/engine.ts'

const Containers = z.array(
  z.object({
    Id: z.string(),
    Names: z.array(z.string()),
    State: z.string(),
    Labels: z.record(z.string(), z.string()),
    NetworkSettings: z.object({
      Networks: z.record(
        z.string(),
        z.object({
          NetworkID: z.string().default(''),
          IPAMConfig: z.object({ IPv4Address: z.string().default('') }).nullish(),
        }),
      ),
    }),
  }),
)

export interface AddonContainer {
  id: string
  name: string
  addonId: string
  addonName: string
  generation: number
  state: string
  /** On its own bridge. */
  address: string
  /** By the network's name: which one of that name, and its address there. */
  networks: ReadonlyMap<string, { id: string; address: string }>
}

/** Every container of an add-on of this installation, or of one add-on (rule K7). */
export async function listAddonContainers(
  engine: Pick<Engine, 'get'>,
  instance: string,
  addonId?: string,
): Promise<AddonContainer[]> {
  const found = await engine.get('/containers/json', Containers, {
    query: {
      all: true,
      filters: withLabels({
        [LABEL.instance]: instance,
        [LABEL.kind]: 'addon',
        ...(addonId === undefined ? {} : { [LABEL.addon]: addonId }),
      }),
    },
  })
  return found
    .map((one) => ({
      id: one.Id,
      name: one.Names[0]?.slice(1) ?? '',
      addonId: one.Labels[LABEL.addon] ?? '',
      addonName: one.Labels[LABEL.addonName] ?? '',
      generation: Number(one.Labels[LABEL.generation]),
      state: one.State,
      address: one.Labels[LABEL.address] ?? '',
      networks: new Map(
        Object.entries(one.NetworkSettings.Networks).map(([name, { NetworkID, IPAMConfig }]) => [
          name,
          { id: NetworkID, address: IPAMConfig?.IPv4Address ?? '' },
        ]),
      ),
    }))
    .toSorted((one, other) => other.generation - one.generation)
}

/** Its newest container. Throws ADDON_NOT_RUNNING where there is none. */
export async function newestOf(
  engine: Pick<Engine, 'get'>,
  instance: string,
  addonId: string,
): Promise<AddonContainer> {
  const [newest] = await listAddonContainers(engine, instance, addonId)
  if (!newest) throw notRunning(addonId)
  return newest
}

/** The one that runs. Throws ADDON_NOT_RUNNING where none does. */
export async function runningOf(
  engine: Pick<Engine, 'get'>,
  instance: string,
  addonId: string,
): Promise<AddonContainer> {
  const running = (await listAddonContainers(engine, instance, addonId)).find(
    ({ state }) => state === 'running',
  )
  if (!running) throw notRunning(addonId)
  return running
}

const notRunning = (addonId: string): CodedError => new CodedError('ADDON_NOT_RUNNING', { addonId })
