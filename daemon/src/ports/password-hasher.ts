/** argon2id; never more than two hashes at once. */
export interface PasswordHasher {
  hash(password: string): Promise<string>
  /** With `undefined` it does the same work and gives false, so that unknown users take as long. */
  verify(hash: string | undefined, password: string): Promise<boolean>
}
