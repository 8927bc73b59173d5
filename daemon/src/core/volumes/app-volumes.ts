import type { MountedVolume } from '@vastrox/shared/agent-api.ts'
import type { VolumeStore } from '#store/volume-store.ts'

/** What an instance of a process is given; asked for at every start. */
export function createAppVolumes({ volumes }: { volumes: VolumeStore }) {
  const of = (appId: string, process: string) =>
    volumes
      .listForAppForPlatform(appId)
      .filter(({ processes }) => processes === null || processes.includes(process))

  return {
    mountsOf: (appId: string, process: string): MountedVolume[] =>
      of(appId, process).map(({ id, mountPath }) => ({ volumeId: id, mountPath })),

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
        .map(({ id, mountPath }) => ({ volumeId: id, mountPath })),

    /** Of the release command: those of `web`, and those that no process is named for. */
    mountsOfRelease: (appId: string): MountedVolume[] =>
      of(appId, 'web').map(({ id, mountPath }) => ({ volumeId: id, mountPath })),
  }
}
export type AppVolumes = ReturnType<typeof createAppVolumes>
