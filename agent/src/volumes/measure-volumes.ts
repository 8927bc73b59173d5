import { run } from '@vastrox/shared/node/run.ts'
import { folderOf, ownerOfVolume, type VolumeDeps } from '#agent/volumes/volume-folders.ts'

/** A volume of many files takes its time; what takes longer is not said. */
const TIMEOUT_MS = 20_000

/** What they take on the disk, holes of sparse files not counted. One that cannot be read is left out. */
export async function measureVolumes(
  deps: Pick<VolumeDeps, 'volumesDir'>,
  { volumeIds }: { volumeIds: readonly string[] },
): Promise<{ volumes: { volumeId: string; sizeBytes: number }[] }> {
  const volumes: { volumeId: string; sizeBytes: number }[] = []
  for (const volumeId of volumeIds) {
    if ((await ownerOfVolume(deps, volumeId)) === undefined) continue
    const folder = folderOf(deps.volumesDir, volumeId)
    const result = await run('/usr/bin/du', ['-s', '-x', '-B1', '--', folder], {
      env: { LC_ALL: 'C.UTF-8' },
      timeoutMs: TIMEOUT_MS,
    }).catch(() => undefined)
    const sizeBytes = Number(/^\d+/.exec(result?.stdout.toString() ?? '')?.[0])
    if (Number.isSafeInteger(sizeBytes)) volumes.push({ volumeId, sizeBytes })
  }
  return { volumes }
}
