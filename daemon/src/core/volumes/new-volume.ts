import { CodedError } from '@vastrox/shared/errors.ts'
import type { CreateVolume } from '@vastrox/shared/volume.ts'
import type { AppRecord } from '#store/app-store.ts'
import type { VolumeRecord } from '#store/volume-store.ts'

const MAX_VOLUMES_PER_APP = 20

export const newVolume = (
  app: AppRecord,
  wish: CreateVolume,
  { id, node, at }: { id: string; node: string; at: Date },
): VolumeRecord => ({
  id,
  teamId: app.teamId,
  appId: app.id,
  appName: app.name,
  node,
  name: wish.name,
  mountPath: wish.mountPath,
  processes: wish.processes,
  exclusive: wish.exclusive,
  createdAt: at.toISOString(),
  madeAt: null,
  destroyedAt: null,
  purgingAt: null,
})

/** Throws VOLUME_NAME_TAKEN, VOLUME_PATH_TAKEN, or REQUEST_INVALID beyond 20 volumes. */
export function mustFit(next: VolumeRecord, others: readonly VolumeRecord[]): void {
  if (others.some(({ name }) => name === next.name))
    throw new CodedError('VOLUME_NAME_TAKEN', { name: next.name })
  if (others.length >= MAX_VOLUMES_PER_APP)
    throw new CodedError('REQUEST_INVALID', {
      reason: `An app has at most ${MAX_VOLUMES_PER_APP} volumes.`,
    })
  const inTheWay = others.find(
    (other) =>
      isWithin(next.mountPath, other.mountPath) || isWithin(other.mountPath, next.mountPath),
  )
  if (inTheWay)
    throw new CodedError('VOLUME_PATH_TAKEN', {
      reason: `The volume ${inTheWay.name} is mounted at ${inTheWay.mountPath}.`,
    })
}

const isWithin = (path: string, folder: string): boolean => `${path}/`.startsWith(`${folder}/`)
