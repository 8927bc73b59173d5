import { basename } from 'node:path'
import { backUpState } from '#agent/cli/install/state-backup.ts'
import { untilHealthy } from '#agent/cli/install/health.ts'
import { point, switchTo, targetOf } from '#agent/cli/install/program-files.ts'
import type { Installation } from '#agent/cli/installation.ts'
import type { Platform } from '#agent/cli/platform/platform-port.ts'
import { describeFailure, SetupError } from '#agent/cli/setup-error.ts'

/**
 * Makes another version run. The state is copied while the daemon is down; when the new version does
 * not become healthy, the version before and its state take over again, and it rejects with the
 * reason. Visitors notice nothing either way.
 */
export async function switchVersion(
  installation: Installation,
  platform: Platform,
  version: string,
): Promise<void> {
  const { links } = installation
  const before = await targetOf(links.current)
  const previous = await targetOf(links.previous)
  await platform.stopProcess('daemon')
  const backup = await backUpState(installation, `before-${basename(version)}`)
  await switchTo(links, version)
  try {
    await platform.change()
    await untilHealthy(platform, installation)
  } catch (error) {
    if (before === undefined || before === version) throw error
    await platform.stopProcess('daemon')
    await backup?.putBack()
    await point(links.current, before)
    if (previous !== undefined) await point(links.previous, previous)
    await platform.change()
    await untilHealthy(platform, installation)
    throw new SetupError(
      `${basename(version)} does not come up; ${basename(before)} runs again with its state as it was.\n  ${describeFailure(error)}`,
      'Report it with the log above; nothing was lost.',
      { cause: error },
    )
  }
}
