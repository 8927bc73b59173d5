import { removeContainer } from '#agent/containers/stop-instances.ts'
import { findFastest } from '#agent/disk/fastest.ts'
import {
  type AppContainer,
  bytesOf,
  filesOf,
  listAppContainers,
  volumesByApp,
} from '#agent/disk/measure.ts'
import { namelessOf } from '#agent/disk/nameless.ts'
import type { Engine } from '#agent/engine/engine.ts'

/** How the guard sees what apps have on the disk, and what it can do about them. */
export interface DiskProbes {
  containers(): Promise<AppContainer[]>
  /** With what they have written into their own files and nameless ones; of one alone, or of all. */
  sizes(id?: string): Promise<AppContainer[]>
  /** Folders of volumes by app. */
  volumes(): Promise<ReadonlyMap<string, readonly string[]>>
  bytesOf(folders: readonly string[]): Promise<number | undefined>
  filesOf(folders: readonly string[]): Promise<number | undefined>
  fastest(containers: readonly AppContainer[]): Promise<AppContainer | undefined>
  freeze(name: string): Promise<void>
  thaw(name: string): Promise<void>
  remove(name: string): Promise<void>
}

interface Deps {
  engine: Engine
  instance: string
  volumesDir: string
}

export const createDiskProbes = ({ engine, instance, volumesDir }: Deps): DiskProbes => ({
  containers: () => listAppContainers(engine, instance, { withSizes: false }),
  async sizes(id) {
    const found = await listAppContainers(engine, instance, {
      withSizes: true,
      id,
      withAddons: true,
    })
    const sized: AppContainer[] = []
    // Also of one that is frozen; one that has ended has no processes. A database sorts in nameless
    // files on its own volume, which nobody holds against it.
    for (const one of found)
      sized.push({ ...one, namelessBytes: one.isAddon ? 0 : await namelessOf(one.id) })
    return sized
  },
  volumes: () => volumesByApp(volumesDir),
  bytesOf,
  filesOf,
  fastest: findFastest,
  freeze: (name) => engine.act('POST', `/containers/${encodeURIComponent(name)}/pause`),
  thaw: (name) => engine.act('POST', `/containers/${encodeURIComponent(name)}/unpause`),
  remove: (name) => removeContainer(engine, name),
})
