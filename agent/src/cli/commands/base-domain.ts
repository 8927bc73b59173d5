import { addressesOf } from '#agent/cli/install/addresses-of.ts'
import { checkDomain } from '#agent/cli/install/domain-check.ts'
import { untilHealthy } from '#agent/cli/install/health.ts'
import { readOptions } from '#agent/cli/install/options.ts'
import { publishAuthority } from '#agent/cli/install/trust.ts'
import { writeConfig } from '#agent/cli/install/write-config.ts'
import type { Installation } from '#agent/cli/installation.ts'
import { openPlatform } from '#agent/cli/platform/platform.ts'
import { SetupError } from '#agent/cli/setup-error.ts'

/**
 * Puts the apps beneath another domain. DNS that does not lead here yet is said, and no obstacle. The
 * CA may not sign for a domain it was not made for, so there is a new one to trust.
 */
export async function baseDomain(installation: Installation, args: string[]): Promise<number> {
  const name = args[0]
  if (name === undefined)
    throw new SetupError('The domain is missing.', 'vastrox base-domain example.com')
  const { baseDomain: chosen } = readOptions([`--base-domain=${name}`], {})
  const config = { ...installation.config, baseDomain: chosen ?? name }
  const changed = { ...installation, config }
  const { leadsHere, problems } = await checkDomain(config)
  for (const problem of problems) console.log(`note: ${problem}`)

  await writeConfig(installation.paths.config, config)
  const platform = openPlatform(changed)
  await platform.change()
  await untilHealthy(platform, changed)
  const isNew = await publishAuthority(changed)
  const { dashboardUrl, appUrl } = addressesOf(config, leadsHere)
  console.log(`Dashboard  ${dashboardUrl}`)
  console.log(`Apps       ${appUrl('<app>')}`)
  if (isNew) console.log(`Trust the new CA on your machine: ${installation.paths.caFile}`)
  return 0
}
