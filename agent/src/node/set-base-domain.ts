import { readFile, stat } from 'node:fs/promises'
import { InstallationConfig } from '@vastrox/shared/installation.ts'
import { writeAtomically } from '@vastrox/shared/node/atomic-file.ts'

/**
 * Writes the base domain into config.json, which is root's. The daemon may choose names, and not whom
 * this machine trusts: what it chose is marked, until somebody with root says that it is right.
 */
export async function setBaseDomain(
  path: string,
  { baseDomain, formerDomains }: { baseDomain: string; formerDomains: readonly string[] },
): Promise<Record<string, never>> {
  const config = InstallationConfig.parse(JSON.parse(await readFile(path, 'utf8')))
  const isChosen = config.baseDomain !== baseDomain
  const changed: InstallationConfig = {
    ...config,
    baseDomain,
    formerDomains: [...formerDomains],
    ...(isChosen ? { baseDomainBy: 'dashboard' } : {}),
  }
  const { gid } = await stat(path)
  await writeAtomically(path, `${JSON.stringify(changed, null, 2)}\n`, 0o640, gid)
  return {}
}
