/** Where the daemon puts what a backup of the platform needs of it, below its own directory. */
export interface PlatformStaging {
  /** Empty; what an earlier one has left goes. Gives the path of a file in it. */
  begin(): Promise<(name: string) => string>
  /** 0600, on the disk before it resolves. */
  write(name: string, text: string): Promise<void>
  /** A copy of the signed ends of the audit log, as they are now. */
  keepAuditAnchors(): Promise<void>
  /** Copies of what the repositories point to now. Gives how many there are. */
  keepRefs(): Promise<number>
  end(): Promise<void>
}
