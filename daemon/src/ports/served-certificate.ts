/** What visitors are shown in a handshake: asked of our own proxy, as a visitor would. */
export interface ServedCertificates {
  /** Whether this certificate, PEM with its chain, is the one that visitors of the host get. */
  isServed(host: string, certificatePem: string): Promise<boolean>
}
