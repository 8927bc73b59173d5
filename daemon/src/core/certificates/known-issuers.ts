/** A CA that gives certificates to anybody, and what it asks for. */
export interface KnownIssuer {
  id: string
  title: string
  directoryUrl: string
  stagingUrl: string | undefined
  /** What it calls itself in CAA records: known here, so that the preflight need not ask it. */
  caaDomains: readonly string[]
  /** It takes only accounts of its customers (EAB). */
  needsBinding: boolean
  /** Where its key id and HMAC key are got. */
  bindingHint: string
}

/** The first one is used by itself; the others once somebody has given what they ask for. */
export const KNOWN_ISSUERS: readonly KnownIssuer[] = [
  {
    id: 'letsencrypt',
    title: "Let's Encrypt",
    directoryUrl: 'https://acme-v02.api.letsencrypt.org/directory',
    stagingUrl: 'https://acme-staging-v02.api.letsencrypt.org/directory',
    caaDomains: ['letsencrypt.org'],
    needsBinding: false,
    bindingHint: '',
  },
  {
    id: 'zerossl',
    title: 'ZeroSSL',
    directoryUrl: 'https://acme.zerossl.com/v2/DV90',
    stagingUrl: undefined,
    caaDomains: ['sectigo.com'],
    needsBinding: true,
    bindingHint: 'Make EAB credentials under "Developer" of your ZeroSSL account.',
  },
  {
    id: 'google',
    title: 'Google Trust Services',
    directoryUrl: 'https://dv.acme-v02.api.pki.goog/directory',
    stagingUrl: 'https://dv.acme-v02.test-api.pki.goog/directory',
    caaDomains: ['pki.goog'],
    needsBinding: true,
    bindingHint: 'Run "gcloud publicca external-account-keys create" in a project of yours.',
  },
]

export const knownIssuer = (directoryUrl: string): KnownIssuer | undefined =>
  KNOWN_ISSUERS.find((known) => known.directoryUrl === directoryUrl)
