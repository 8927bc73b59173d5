interface Facts {
  baseDomain: string
  canProveByDns: (name: string) => boolean
  /** The CA has refused it, or it could not be asked for. */
  hasFailed: (name: string) => boolean
}

/**
 * Which certificates are asked for: one star for all names of apps where a proof by DNS can be given,
 * else one for each. While the star cannot be had, the names are asked for singly too.
 */
export function wantedCertificates(
  hosts: readonly string[],
  { baseDomain, canProveByDns, hasFailed }: Facts,
): string[] {
  const star = `*.${baseDomain}`
  if (!canProveByDns(star)) return [...hosts]
  const isCovered = (host: string): boolean =>
    host.endsWith(`.${baseDomain}`) && !host.slice(0, -baseDomain.length - 1).includes('.')
  return [
    ...new Set([...(hasFailed(star) ? hosts : hosts.filter((host) => !isCovered(host))), star]),
  ]
}
