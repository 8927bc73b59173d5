import { getCACertificates } from 'node:tls'

/** What the system trusts, and what comes with Node: an authority of the machine's is in the first. */
export const trustedAuthorities = (): string[] => [
  ...new Set([...getCACertificates('system'), ...getCACertificates('bundled')]),
]
