import { listAddonContainers } from '#agent/addons/addon-containers.ts'
import type { AddonDeps } from '#agent/addons/addon-deps.ts'
import { removeContainer, stopContainer } from '#agent/containers/stop-instances.ts'

/** Every generation but `except`, all at once: the signal that its image names, grace, SIGKILL, remove. */
export async function stopAddon(
  { engine, instance }: Pick<AddonDeps, 'engine' | 'instance'>,
  { addonId, except, graceMs }: { addonId: string; except: number | null; graceMs: number },
): Promise<Record<string, never>> {
  const containers = await listAddonContainers(engine, instance, addonId)
  await Promise.all(
    containers
      .filter(({ generation }) => generation !== except)
      .map(async ({ name }) => {
        await stopContainer(engine, name, graceMs)
        await removeContainer(engine, name)
      }),
  )
  return {}
}
