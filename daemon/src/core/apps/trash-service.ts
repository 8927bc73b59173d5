import { type Actor, mayDo } from '@vastrox/shared/actor.ts'
import type { DestroyedAddon } from '@vastrox/shared/addon.ts'
import type { TrashItem } from '@vastrox/shared/trash.ts'
import type { AddonTrash } from '#core/addons/addon-trash.ts'
import type { AppService } from '#core/apps/app-service.ts'
import type { PurgeApp } from '#core/apps/purge-app.ts'
import type { VolumeService } from '#core/volumes/volume-service.ts'

interface Deps {
  apps: Pick<AppService, 'listTrash'>
  purgeApp: PurgeApp
  volumes: Pick<VolumeService, 'listDestroyed'>
  /** Add-ons are loaded where there is one. */
  addons: { isAny: () => boolean; open: () => Promise<{ trash: Pick<AddonTrash, 'list'> }> }
  /** By the last look at the disk: `app:<id>`. */
  bytesOf: (owner: string) => Promise<number | null>
}

/**
 * Everything that was destroyed and can be taken back, of every kind, in one place. Each is restored
 * and purged by the service of its kind; nothing here goes by itself (rule B10).
 */
export function createTrashService({ apps, purgeApp, volumes, addons, bytesOf }: Deps) {
  /** Add-ons are of the whole team: who sees only some apps sees none. */
  async function ofAddonsFor(actor: Actor): Promise<DestroyedAddon[]> {
    if (!mayDo(actor, 'addon.read') || !addons.isAny()) return []
    return (await addons.open()).trash.list(actor)
  }

  return {
    /** What was destroyed last comes first. */
    async list(actor: Actor): Promise<TrashItem[]> {
      const [ofVolumes, ofAddons] = await Promise.all([
        volumes.listDestroyed(actor),
        ofAddonsFor(actor),
      ])
      const ofApps = await Promise.all(
        apps.listTrash(actor).map(async (app) => ({
          kind: 'app' as const,
          ...app,
          app: null,
          sizeBytes: await bytesOf(`app:${app.id}`),
        })),
      )
      const items: TrashItem[] = [
        ...ofApps,
        ...ofVolumes.map((volume) => ({ kind: 'volume' as const, ...volume })),
        ...ofAddons.map(({ id, name, sizeBytes, destroyedAt, purgeableAt, isPurging }) => ({
          kind: 'addon' as const,
          id,
          name,
          app: null,
          sizeBytes,
          destroyedAt,
          purgeableAt,
          isPurging,
        })),
      ]
      return items.toSorted((one, other) => other.destroyedAt.localeCompare(one.destroyedAt))
    },
    purgeApp: (actor: Actor, id: string, confirm: string): Promise<void> =>
      purgeApp.purge(actor, id, confirm),
  }
}
export type TrashService = ReturnType<typeof createTrashService>
