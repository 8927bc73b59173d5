import type { OpenAuthority } from '#ports/certificate-authority.ts'

/** The client is loaded with the first order; an installation without public names never needs it. */
export const createOpenAuthority =
  (options: { userAgent: string; now: () => Date; callMs?: number }): OpenAuthority =>
  async (endpoint) => {
    const { createAcmeAuthority } = await import('./acme-authority.ts')
    return createAcmeAuthority(endpoint, options)
  }
