export interface IssuedCertificate {
  certificatePem: string
  keyPem: string
  notAfter: Date
}

/**
 * The installation's own CA, name-constrained to the base domain and the machine's addresses. It
 * signs the dashboard, the API and git, and apps that have no public certificate yet.
 */
export interface LocalAuthority {
  /** PEM of the CA's certificate. */
  certificate(): Promise<string>
  /** The same of the CAs of base domains from before whose names still answer. */
  formerCertificates(): Promise<string[]>
  /** Whether its constraints let it sign for the name. */
  covers(name: string): boolean
  /** An ECDSA P-256 leaf for these DNS names and IP addresses, valid for 90 days. */
  issue(names: readonly string[]): Promise<IssuedCertificate>
}
