import { chownSync, statSync } from 'node:fs'
import { type HostProgram, run } from '@vastrox/shared/node/run.ts'

const mustRun = async (program: HostProgram, ...args: string[]): Promise<void> => {
  const result = await run(program, args, { timeoutMs: 10_000 })
  if (result.exitCode !== 0) throw new Error(`${program}: ${result.stderr}`)
}

/** Lays a file system of `sizeBytes` over a folder, so that it is soon full; what lies beneath comes back. */
export async function mountSmallDisk(
  folder: string,
  sizeBytes: number,
  ownerLike: string,
): Promise<{ remove: () => Promise<void> }> {
  await mustRun(
    '/usr/bin/mount',
    '-t',
    'tmpfs',
    '-o',
    `size=${sizeBytes},mode=0700`,
    'none',
    folder,
  )
  const { uid, gid } = statSync(ownerLike)
  chownSync(folder, uid, gid)
  return { remove: () => mustRun('/usr/bin/umount', '--lazy', folder) }
}
