import type { MountedVolume } from '@vastrox/shared/agent-api.ts'
import type { Clock } from '#ports/clock.ts'
import type { VolumeRecord, VolumeStore } from '#store/volume-store.ts'

interface Deps {
  volumes: VolumeStore
  clock: Clock
}

/** Nothing is there yet only where nothing has ever had it: otherwise it is lost (promise 5). */
const mountOf = ({ id, mountPath, madeAt }: VolumeRecord): MountedVolume => ({
  volumeId: id,
  mountPath,
  isNew: madeAt === null,
})

/** What an instance of a process is given; asked for at every start. */
export function createAppVolumes({ volumes, clock }: Deps) {
  const of = (appId: string, process: string) =>
    volumes
      .listForAppForPlatform(appId)
      .filter(({ processes }) => processes === null || processes.includes(process))

  return {
    mountsOf: (appId: string, process: string): MountedVolume[] => of(appId, process).map(mountOf),

    /** They were given to something that has started. */
    noteMade(mounts: readonly MountedVolume[]): void {
      const at = clock.now().toISOString()
      for (const { volumeId, isNew } of mounts) if (isNew) volumes.setMadeForPlatform(volumeId, at)
    },

    /** True where only one instance of the process may run at a time (rule D5). */
    isExclusive: (appId: string, process: string): boolean =>
      of(appId, process).some(({ exclusive }) => exclusive),

    /**
     * Of a command or a job beside the running instances: what one instance may have is not given to
     * a second (rule D5); `vastrox exec` goes into the instance itself.
     */
    sharedMounts: (appId: string): MountedVolume[] =>
      of(appId, 'web')
        .filter(({ exclusive }) => !exclusive)
        .map(mountOf),

    /** Of the release command: those of `web`, and those that no process is named for. */
    mountsOfRelease: (appId: string): MountedVolume[] => of(appId, 'web').map(mountOf),

    /** True where the release command has what only one may have: it must wait for the hand-over. */
    isReleaseExclusive: (appId: string): boolean =>
      of(appId, 'web').some(({ exclusive }) => exclusive),
  }
}
export type AppVolumes = ReturnType<typeof createAppVolumes>
