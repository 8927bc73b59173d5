import { z } from 'zod'
import { OwnBaseDomain } from './base-domain.ts'

/** The daemon's own domain, as root writes it down; nothing else of config.json can be said here. */
export const INSTALLATION_VERBS = {
  /**
   * Writes it into config.json, with the names that the platform had before. Root trusts no CA for it
   * yet: that a person with root says. A single word is taken only where root has chosen it before.
   */
  'set-base-domain': {
    input: z.object({
      baseDomain: OwnBaseDomain,
      formerDomains: z.array(OwnBaseDomain).max(8),
    }),
    output: z.object({}),
  },
} as const
export type InstallationVerb = keyof typeof INSTALLATION_VERBS
