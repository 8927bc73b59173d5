import { configShape } from '@vastrox/shared/config-shape.ts'
import { ChangeVolume, CreateVolume, Volume, VolumeName } from '@vastrox/shared/volume.ts'
import { type ConfigSection, pick } from '#core/config-file/section.ts'
import type { VolumeService } from '#core/volumes/volume-service.ts'

const { mountPath, processes, exclusive } = ChangeVolume.shape

/** Directories that outlive instances. */
export const volumesSection = (
  volumes: Pick<VolumeService, 'list' | 'create' | 'change'>,
): ConfigSection => ({
  name: 'volumes',
  isSingle: false,
  names: VolumeName,
  shape: configShape({ mountPath, processes, exclusive }),
  usual: { processes: null, exclusive: false },
  required: ['mountPath'],
  isKept: 'it holds data',
  async read({ actor, app }) {
    const found = await volumes.list(actor, app)
    return Object.fromEntries(
      found.map((volume) => [volume.name, pick(Volume.parse(volume), FIELDS)]),
    )
  },
  async make({ actor, app }, changes) {
    return changes.map(({ action, name, said, after }) =>
      action === 'create'
        ? volumes.create(actor, app, CreateVolume.parse({ ...after, name })).deployment
        : volumes.change(actor, app, name, ChangeVolume.parse(said)).deployment,
    )
  },
})
const FIELDS = ['mountPath', 'processes', 'exclusive']
