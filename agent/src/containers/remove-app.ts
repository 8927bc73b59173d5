import type { Addons } from '#agent/addons/addons.ts'
import { hasLinks } from '#agent/addons/links-file.ts'
import { LABEL } from '#agent/containers/labels.ts'
import { listContainers, nameOf } from '#agent/containers/list-instances.ts'
import { removeContainer, stopContainer } from '#agent/containers/stop-instances.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { listImages, removeImages } from '#agent/images/app-images.ts'
import type { AppNetworks } from '#agent/networks/app-networks.ts'

const GRACE_MS = 10_000

interface Deps {
  engine: Engine
  instance: string
  networks: AppNetworks
  addonsDir: string
  addons: () => Promise<Addons>
}

/** Containers, bridge and images of the app, in that order. A repeat finds nothing and is done. */
export async function removeApp(
  { engine, instance, networks, addonsDir, addons }: Deps,
  { appId }: { appId: string },
): Promise<Record<string, never>> {
  const containers = await listContainers(engine, {
    [LABEL.instance]: instance,
    [LABEL.app]: appId,
  })
  await Promise.all(
    containers.map(async (container) => {
      await stopContainer(engine, nameOf(container), GRACE_MS)
      await removeContainer(engine, nameOf(container))
    }),
  )
  if (hasLinks(addonsDir)) await (await addons()).leaveApp(appId)
  await networks.remove(appId)
  const { images } = await listImages({ engine, instance }, appId)
  await removeImages({ engine, instance }, { imageIds: images.map((image) => image.imageId) })
  return {}
}
