import type { Actor } from '@vastrox/shared/actor.ts'
import type { BackupSubject } from '@vastrox/shared/backup.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { Servers } from '#core/backups/way-back.ts'
import type { AppStore } from '#store/app-store.ts'
import type { VolumeStore } from '#store/volume-store.ts'

interface Deps {
  servers: Pick<Servers, 'findForPlatform' | 'find'>
  apps: Pick<AppStore, 'findByIdForPlatform'>
  volumes: Pick<VolumeStore, 'findForPlatform'>
}

/** What a subject is called now; it may have been another when it was backed up. Throws where it has gone. */
export const nameNowOf =
  ({ servers, apps, volumes }: Deps) =>
  (actor: Actor, { type, id, name }: BackupSubject): string => {
    if (type === 'addon') {
      const addon = servers.findForPlatform(id)
      // One in the trash has given its name up.
      if (addon?.teamId === actor.teamId && servers.find(actor, addon.name).id === id)
        return addon.name
      throw new CodedError('ADDON_NOT_FOUND', { name })
    }
    if (type === 'volume') {
      const volume = volumes.findForPlatform(id)
      if (volume?.teamId === actor.teamId && volume.destroyedAt === null)
        return `${volume.appName}/${volume.name}`
      throw new CodedError('VOLUME_NOT_FOUND', { name })
    }
    const app = apps.findByIdForPlatform(id)
    if (app?.teamId === actor.teamId && app.destroyedAt === null) return app.name
    throw new CodedError('APP_NOT_FOUND', { name })
  }
