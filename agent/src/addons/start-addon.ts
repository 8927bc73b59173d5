import type { StartAddon } from '@vastrox/shared/agent-api-addons.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { z } from 'zod'
import { type AddonContainer, listAddonContainers } from '#agent/addons/addon-containers.ts'
import { addonImageId } from '#agent/addons/addon-image.ts'
import { addonContainer, addonPlace } from '#agent/addons/addon-names.ts'
import { addonSpec } from '#agent/addons/addon-spec.ts'
import type { AddonDeps } from '#agent/addons/addon-deps.ts'
import { stopAddon } from '#agent/addons/stop-addon.ts'
import { LABEL } from '#agent/containers/labels.ts'
import { asStartFailure, startContainer } from '#agent/containers/start-instances.ts'
import { removeContainer } from '#agent/containers/stop-instances.ts'
import { isConflict } from '#agent/engine/engine-error.ts'
import { userOfImage } from '#agent/volumes/image-user.ts'
import { type VolumeMount, volumeName, withVolumes } from '#agent/volumes/volume-folders.ts'

type Spec = z.output<typeof StartAddon>

/**
 * Creates and starts the container, with the apps' bridges joined before its first moment. Two servers on
 * one volume would ruin it: other generations are stopped before, and a volume that another container has
 * is refused with VOLUME_IN_USE.
 */
export async function startAddon(
  deps: AddonDeps,
  spec: Spec,
  link: (container: AddonContainer) => Promise<void>,
): Promise<{ host: string }> {
  const { engine, instance, addonNetworks } = deps
  const name = addonContainer(instance, spec.addonId, spec.generation)
  const imageId = await addonImageId(deps, spec.image)
  await stopAddon(deps, {
    addonId: spec.addonId,
    except: spec.generation,
    graceMs: spec.stopGraceMs,
  })
  const there = await find(deps, name)
  if (there && (there.state === 'running' || there.state === 'restarting')) {
    await link(there)
    return { host: there.address }
  }
  // One that was stopped may be of a bridge that is gone.
  if (there) await removeContainer(engine, name)
  const place = addonPlace(instance, spec.addonId)
  const { network, addresses } = await addonNetworks.join(spec.addonId, [place])
  const address = addresses[place]
  if (address === undefined) throw new CodedError('ADDRESSES_EXHAUSTED', { name })
  const volumes = spec.volume === null ? [] : [spec.volume]
  await withVolumes(
    deps,
    { appId: spec.addonId, imageId, volumes, isOfAddon: true },
    async (mounts) => {
      await mustBeAlone(deps, spec)
      await create(deps, spec, { name, imageId, network, address, mounts })
      try {
        const created = await find(deps, name)
        if (created) await link(created)
        await startContainer(engine, addonNetworks, spec.addonId, name)
      } catch (error) {
        await removeContainer(engine, name)
        throw asStartFailure(error, imageId)
      }
    },
  )
  return { host: address }
}

interface Made {
  name: string
  imageId: string
  network: string
  address: string
  mounts: VolumeMount[]
}

async function create(deps: AddonDeps, spec: Spec, made: Made): Promise<void> {
  const { engine, instance, nofile, profiles } = deps
  const json = addonSpec(spec, {
    ...made,
    instance,
    nofile,
    profiles: await profiles(),
    isPrepared: 'prepared' in spec.image,
    owner: await userOfImage(engine, made.imageId),
  })
  try {
    await engine.act('POST', '/containers/create', { query: { name: made.name }, json })
  } catch (error) {
    if (!isConflict(error)) throw asStartFailure(error, made.imageId)
    throw new CodedError(
      'INSTANCE_NAME_TAKEN',
      { reason: `A container named ${made.name} exists and belongs to something else.` },
      { cause: error },
    )
  }
}

const find = async (
  { engine, instance }: AddonDeps,
  name: string,
): Promise<AddonContainer | undefined> =>
  (await listAddonContainers(engine, instance)).find((each) => each.name === name)

const Users = z.array(
  z.object({ Names: z.array(z.string()), Labels: z.record(z.string(), z.string()) }),
)

async function mustBeAlone({ engine, instance }: AddonDeps, { addonId, volume }: Spec) {
  if (volume === null) return
  const users = await engine.get('/containers/json', Users, {
    query: {
      all: true,
      filters: JSON.stringify({ volume: [volumeName(instance, volume.volumeId)] }),
    },
  })
  if (users.length > 0)
    throw new CodedError('VOLUME_IN_USE', {
      volumeId: volume.volumeId,
      reason: `The volume is in use by ${users[0]?.Names[0]?.slice(1) ?? 'another container'}, and two servers would ruin it.`,
      addonId: users[0]?.Labels[LABEL.addon] ?? addonId,
    })
}
