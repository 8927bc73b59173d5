import type { PublicSuffixes } from '#ports/public-suffixes.ts'

/** The list comes with tldts; it is loaded when a domain is added, and costs nothing before (11 MB). */
export const publicSuffixes: PublicSuffixes = {
  async read(host) {
    const { parse } = await import('tldts')
    const found = parse(host, { allowPrivateDomains: true, validateHostname: false })
    return { suffix: found.publicSuffix ?? host, registrable: found.domain }
  },
}
