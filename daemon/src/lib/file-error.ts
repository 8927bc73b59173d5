/** Why a file operation was refused; each protocol has a status for each. */
export type FileErrorCode =
  | 'not-found'
  /** Outside of the tree, a device, a link that would lead out. */
  | 'denied'
  /** Longer than 255 bytes, not UTF-8, a zero byte, a path of more than 4,095 bytes or 64 directories. */
  | 'bad-name'
  | 'exists'
  | 'not-empty'
  | 'not-a-directory'
  | 'is-a-directory'
  /** The bytes or entries that an app may have. */
  | 'quota'
  | 'disk-full'
  | 'too-many-open'
  | 'unsupported'
  /** The session has ended, or the app is gone. */
  | 'gone'

/** An operation on files that was refused; the message is for people. */
export class FileError extends Error {
  override name = 'FileError'
  readonly code: FileErrorCode

  constructor(code: FileErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
