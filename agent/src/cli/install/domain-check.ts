import { Resolver } from 'node:dns/promises'
import { isIPv4 } from 'node:net'
import type { InstallationConfig } from '@vastrox/shared/installation.ts'

export interface DomainCheck {
  /** Both the domain and any name beneath it lead to this machine. */
  leadsHere: boolean
  /** One line for each record that is missing or leads elsewhere. */
  problems: string[]
}

interface LookUps {
  resolve4(name: string): Promise<string[]>
  resolve6(name: string): Promise<string[]>
}

/** Looks the base domain up. Never rejects: an answer that does not come is a problem to be told. */
export async function checkDomain(
  { baseDomain, publicAddress }: Pick<InstallationConfig, 'baseDomain' | 'publicAddress'>,
  resolver: LookUps = new Resolver({ timeout: 2_000, tries: 2 }),
): Promise<DomainCheck> {
  if (isLocalhost(baseDomain)) return { leadsHere: true, problems: [] }
  const type = isIPv4(publicAddress) ? 'A' : 'AAAA'
  const problems: string[] = []
  // Any label does: the star is what is looked for.
  for (const [record, name] of [
    [baseDomain, baseDomain],
    [`*.${baseDomain}`, `vastrox-check.${baseDomain}`],
  ] as const) {
    const found = await lookUp(resolver, name, type)
    if (found.includes(publicAddress)) continue
    const leads = found.length === 0 ? 'does not resolve' : `leads to ${found.join(', ')}`
    problems.push(`${record} ${leads}; its ${type} record must be ${publicAddress}`)
  }
  return { leadsHere: problems.length === 0, problems }
}

/** Browsers, curl and git resolve it by themselves. */
export const isLocalhost = (name: string): boolean =>
  name === 'localhost' || name.endsWith('.localhost')

async function lookUp(resolver: LookUps, name: string, type: 'A' | 'AAAA'): Promise<string[]> {
  try {
    return type === 'A' ? await resolver.resolve4(name) : await resolver.resolve6(name)
  } catch {
    return []
  }
}
