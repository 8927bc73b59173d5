import type { PullSummary } from '@vastrox/shared/remote-source.ts'
import type { Readable } from 'node:stream'

/** A folder on a server elsewhere, as one call needs it. */
export interface RemoteFolder {
  appId: string
  host: string
  port: number
  username: string
  folder: string
  privateKey?: string
  password?: string
  /** `<type> <base64>`; null: whatever is shown is told. */
  hostKey: string | null
  ignore: readonly string[]
}

export interface PulledFolder {
  hostKey: string
  /** Of all paths and contents: the same where nothing differs. */
  digest: string
  summary: PullSummary
}

/**
 * Copies of folders elsewhere, brought up to date by size and time of each file. Rejects with
 * HOST_NOT_FOUND, ADDRESS_REFUSED, HOST_UNREACHABLE, HOST_KEY_CHANGED, REPOSITORY_REFUSED,
 * REMOTE_FOLDER_REFUSED, REMOTE_FOLDER_CHANGING or SOURCE_TOO_LARGE; the copy is then as it was.
 */
export interface RemoteFiles {
  pull(
    remote: RemoteFolder,
    options: { full: boolean; signal?: AbortSignal },
  ): Promise<PulledFolder>
  /** The copy as a tar. */
  pack(appId: string): Promise<Readable>
  forget(appId: string): Promise<void>
}
