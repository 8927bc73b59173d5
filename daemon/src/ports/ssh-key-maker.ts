/** Makes an Ed25519 key of OpenSSH's for one purpose. */
export interface SshKeyMaker {
  make(comment: string): Promise<{ publicKey: string; privateKey: string }>
  /** `SHA256:…` of `<type> <base64>`, and whether it is one that a big host publishes. */
  describe(host: string, hostKey: string): { type: string; fingerprint: string; known: boolean }
}
