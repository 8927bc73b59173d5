/** Seals secrets at rest with AES-256-GCM under the master key (rule S7). */
export interface SecretBox {
  /** `context` (table|row|column) is bound to the ciphertext: it opens nowhere else. */
  seal(plain: string, context: string): Buffer
  /** Throws SECRET_UNREADABLE when the key, the context or the bytes are not the right ones. */
  open(sealed: Buffer, context: string): string
}
