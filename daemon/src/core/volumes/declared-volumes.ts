import type { CreateVolume } from '@vastrox/shared/volume.ts'
import { mustFit, newVolume } from '#core/volumes/new-volume.ts'
import type { Clock } from '#ports/clock.ts'
import type { NewId } from '#ports/ids.ts'
import type { AppRecord } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'
import type { VolumeStore } from '#store/volume-store.ts'

interface Deps {
  volumes: VolumeStore
  clock: Clock
  newId: NewId
  transact: Transact
  node: string
}

/** Volumes that a source says it needs. */
export function createDeclaredVolumes({ volumes, clock, newId, transact, node }: Deps) {
  return {
    /**
     * Makes those of whose name the app has none; one that is there stays as it is, whatever the
     * source says. Gives the names of the new ones. Throws VOLUME_PATH_TAKEN.
     */
    ensure: (app: AppRecord, declared: readonly CreateVolume[]): string[] =>
      transact(() => {
        const made: string[] = []
        for (const wish of declared) {
          const others = volumes.listForAppForPlatform(app.id)
          if (others.some(({ name }) => name === wish.name)) continue
          const next = newVolume(app, wish, { id: newId(), node, at: clock.now() })
          mustFit(next, others)
          volumes.saveForPlatform(next)
          made.push(wish.name)
        }
        return made
      }),
  }
}
export type DeclaredVolumes = ReturnType<typeof createDeclaredVolumes>
