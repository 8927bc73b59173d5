/**
 * argon2id; never more than two hashes at once. Throws RATE_LIMITED where too many wait; whoever is
 * known, by a session, an invitation, or a network they have signed in from, waits for no stranger.
 */
export interface PasswordHasher {
  /** For who is known. */
  hash(password: string): Promise<string>
  /** With `undefined` it does the same work and gives false, so that unknown users take as long. */
  verify(hash: string | undefined, password: string, by?: { isKnown?: boolean }): Promise<boolean>
}
