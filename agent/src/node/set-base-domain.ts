import { readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { forgetFormerTrust } from '#agent/cli/install/trust.ts'
import { openInstallation } from '#agent/cli/installation.ts'
import { log } from '#agent/node/log.ts'
import { BaseDomainName } from '@vastrox/shared/base-domain.ts'
import { InstallationConfig } from '@vastrox/shared/installation.ts'
import { writeAtomically } from '@vastrox/shared/node/atomic-file.ts'

/**
 * Writes the base domain into config.json, which is root's. The daemon may choose names, and not whom
 * this machine trusts: what it chose is marked, until somebody with root says that it is right.
 */
export async function setBaseDomain(
  path: string,
  said: { baseDomain: string; formerDomains: readonly string[] },
): Promise<Record<string, never>> {
  const config = InstallationConfig.parse(JSON.parse(await readFile(path, 'utf8')))
  const known = [config.baseDomain, ...(config.formerDomains ?? [])]
  const mayBe = (name: string): boolean =>
    known.includes(name) || BaseDomainName.safeParse(name).success
  const { baseDomain } = said
  if (!mayBe(baseDomain)) throw new Error(`${baseDomain} is no domain, and root has not chosen it`)
  const formerDomains = said.formerDomains.filter(mayBe)
  const isChosen = config.baseDomain !== baseDomain
  const changed: InstallationConfig = {
    ...config,
    baseDomain,
    formerDomains,
    ...(isChosen ? { baseDomainBy: 'dashboard' } : {}),
  }
  const { gid } = await stat(path)
  await writeAtomically(path, `${JSON.stringify(changed, null, 2)}\n`, 0o640, gid)
  const isLess = (config.formerDomains ?? []).some((name) => !formerDomains.includes(name))
  if (isLess) await forgetTrust(dirname(path))
  return {}
}

/** What this machine trusted for a name from before ends with the name. The name has ended in any case. */
async function forgetTrust(dataDir: string): Promise<void> {
  try {
    await forgetFormerTrust(await openInstallation(dataDir))
  } catch (error) {
    log('trust.not-forgotten', { reason: String(error) })
  }
}
