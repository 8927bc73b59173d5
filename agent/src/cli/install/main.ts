import { install } from '#agent/cli/install/install.ts'
import { HELP, readOptions } from '#agent/cli/install/options.ts'
import { createSteps } from '#agent/cli/install/steps.ts'
import { uninstall } from '#agent/cli/install/uninstall.ts'
import { describeFailure } from '#agent/cli/setup-error.ts'
import { PROCESS_ENV } from '@vastrox/shared/installation-paths.ts'
import { armCrashPoint } from '@vastrox/shared/node/crash-point.ts'

/** Started by install.sh with the pinned Node, from the bundle it has built or the one that is installed. */
// Whoever reads along may hang up; what was begun is finished.
process.stdout.on('error', () => {})

armCrashPoint(process.env[PROCESS_ENV.crashAt])

try {
  const options = readOptions(process.argv.slice(2), process.env)
  const steps = createSteps()
  if (options.action === 'help') console.log(HELP)
  else if (options.action === 'uninstall') await uninstall(options, steps)
  else
    await install({
      options,
      bundleDir: import.meta.dirname,
      sourceDir: process.env['VASTROX_SOURCE_DIR'],
      env: process.env,
      begunAt: Number(process.env['VASTROX_BEGUN_AT_MS'] ?? Date.now()),
      steps,
    })
} catch (error) {
  console.error(`\n${describeFailure(error)}`)
  process.exit(1)
}
