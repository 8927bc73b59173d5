import type { InstallationConfig } from '@vastrox/shared/installation.ts'
import { writeAtomically } from '@vastrox/shared/node/atomic-file.ts'
import { idsOf } from '#agent/cli/install/accounts.ts'

/** For root and the daemon alone: the address of a proxy may have a password in it. */
export async function writeConfig(path: string, config: InstallationConfig): Promise<void> {
  const { gid } = await idsOf('vastrox')
  await writeAtomically(path, `${JSON.stringify(config, null, 2)}\n`, 0o640, gid)
}
