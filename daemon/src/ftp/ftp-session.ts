import type { UploadSession } from '#core/sources/upload-sessions.ts'
import type { DataChannel } from '#ftp/data-channel.ts'

type Tree = UploadSession['tree']
export type OpenFile = Awaited<ReturnType<Tree['open']>>

/** What one client has said so far. */
export interface FtpState {
  user: string | undefined
  session: UploadSession | undefined
  directory: string
  isEncrypted: boolean
  /** Whether data connections resume the TLS session of this one; undefined before the first. */
  resumes: boolean | undefined
  /** PROT P. */
  protectsData: boolean
  restartAt: number
  renameFrom: string | undefined
  channel: DataChannel | undefined
  /** Ends the transfer that is under way. */
  transfer: AbortController | undefined
  /** Written to its end, and closed when the client says another word: one that vanishes does not. */
  unconfirmed: OpenFile | undefined
}

export const newState = (): FtpState => ({
  user: undefined,
  session: undefined,
  directory: '/',
  isEncrypted: false,
  resumes: undefined,
  protectsData: false,
  restartAt: 0,
  renameFrom: undefined,
  channel: undefined,
  transfer: undefined,
  unconfirmed: undefined,
})

/** A path that the client names, from where it is. */
export const pathFrom = (directory: string, path: string): string =>
  path.startsWith('/') ? path : `${directory === '/' ? '' : directory}/${path}`
