/** What a place of repositories needs so that restic reaches it, and nothing but it. */
export interface Opened {
  /** As restic takes it, by its env. */
  repository: string
  options: readonly string[]
  env: Readonly<Record<string, string>>
  shownAs: string
  /** Of local ones. */
  folder?: string
  /** Why the destination was not reached, in one line, where restic does not know. */
  complaint?: () => Promise<string | undefined>
  close(): Promise<void>
}
