/** Paths are absolute in the tree's own world: `/`, `/public/index.html`. `..` stops at `/`. */
export interface FileStat {
  kind: 'file' | 'directory' | 'symlink'
  sizeBytes: number
  /** Permission bits alone; of a file's own only whether it is executable is kept. */
  mode: number
  /** Seconds since 1970. */
  modifiedAtS: number
}

export interface DirectoryEntry {
  name: string
  stat: FileStat
}

export interface OpenFlags {
  read: boolean
  write: boolean
  /** Every write goes to the end, whatever its offset. */
  append: boolean
  create: boolean
  truncate: boolean
  /** With create: refused with 'exists' where there is something. */
  exclusive: boolean
}

/** What of an entry can be set; owners are nobody's to choose. */
export interface StatChange {
  mode?: number | undefined
  modifiedAtS?: number | undefined
  sizeBytes?: number | undefined
}

export interface OpenFile {
  stat(): Promise<FileStat>
  /** Fewer bytes than asked for only at the end, none past it. Calls may overlap. */
  read(offset: number, length: number): Promise<Buffer>
  /** Whole or not at all. Calls may overlap; the bytes must not change before it resolves. */
  write(offset: number, bytes: Uint8Array): Promise<void>
  truncate(sizeBytes: number): Promise<void>
  setStat(change: StatChange): Promise<void>
  /** The bytes are on the disk. */
  sync(): Promise<void>
  /**
   * The end of a transfer: the file counts as complete, whatever becomes of this process. A large one
   * is on the disk then; smaller ones are within seconds, all together (`sync` for one at once). A file
   * whose writer never came here is kept and marked incomplete, so that it can be resumed.
   */
  close(): Promise<void>
  /** Its writer will not finish it: it is kept and marked incomplete. */
  abandon(): Promise<void>
}

export interface OpenDirectory {
  /** The next at most `max`, without `.` and `..`; none at the end. */
  next(max: number): Promise<DirectoryEntry[]>
  close(): Promise<void>
}

export interface TreeSpace {
  blockBytes: number
  totalBlocks: number
  freeBlocks: number
  totalEntries: number
  freeEntries: number
}

/**
 * One session's view of one app's staging tree. Every path is resolved by a walk over directory
 * descriptors (rule C5); links are followed inside of the tree only. What is refused is a FileError.
 */
export interface FileTree {
  /** The path as it is meant: absolute, without `.` and `..`. Looks at nothing. */
  realPath(path: string): string
  stat(path: string): Promise<FileStat>
  lstat(path: string): Promise<FileStat>
  openDirectory(path: string): Promise<OpenDirectory>
  /** Of `mode` only the executable bits count. */
  open(path: string, flags: OpenFlags, mode?: number): Promise<OpenFile>
  makeDirectory(path: string): Promise<void>
  removeDirectory(path: string): Promise<void>
  /** Files and links. */
  removeFile(path: string): Promise<void>
  /** At once: others see the one or the other. Without `replace` 'exists' where there is something. */
  rename(from: string, to: string, options: { replace: boolean }): Promise<void>
  setStat(path: string, change: StatChange): Promise<void>
  readLink(path: string): Promise<string>
  /** 'denied' where the target is absolute or leads out of the tree. */
  makeLink(path: string, target: string): Promise<void>
  space(): Promise<TreeSpace>
}
