/** The master keys of the installation. They lie outside the database; the newest seals, each opens. */
export interface KeyRing {
  /** Hex ids as sealed values name them, newest first. */
  ids(): readonly string[]
  /** `credential`: whoever runs the service gives them (systemd), and only they can give another. */
  origin(): 'file' | 'credential'
  /** Makes a key and seals with it from then on; it is on the disk first. Gives its id. */
  add(): Promise<string>
  /** Those that are ours to remove: the others belong to whoever runs the service. */
  ownIds(): readonly string[]
  /** Takes keys of ours off the disk, never the newest. What they sealed opens until the process ends. */
  drop(ids: readonly string[]): Promise<void>
}
