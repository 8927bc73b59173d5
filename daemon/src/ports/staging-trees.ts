import type { TreeDifference } from '@vastrox/shared/upload.ts'
import type { Readable } from 'node:stream'
import type { FileTree } from '#ports/file-tree.ts'

/** What an archive was, once all of it is unpacked. */
export interface UnpackedArchive {
  format: 'tar' | 'tar.gz' | 'tar.zst' | 'zip'
  entries: number
  sizeBytes: number
  /** The one directory that everything was in, which was left away; null where there was none. */
  strippedDirectory: string | null
}

export interface PackedTree {
  /** The tar; to be read to its end. */
  tar: Readable
  /** What is known of it once it has been read: later looks need not unpack it. */
  keep(): Promise<void>
  /** Forgets it, where it was not used. */
  drop(): Promise<void>
}

export interface ArchiveOptions {
  /** Of the archive itself. */
  maxArchiveBytes: number
  signal: AbortSignal
  onProgress: (progress: { receivedBytes: number }) => void
  /** Once all of it has arrived: it is unpacked when this resolves. Gives what is called after that. */
  untilTurn: () => Promise<() => void>
}

/** The staging tree of one app: the live release's files, and what has been changed in them. */
export interface StagingTree {
  /**
   * A view for one session, of somebody where they are named; `end` closes what is open and marks what
   * was being written.
   */
  session(by?: string): FileTree & { end(): Promise<void> }
  /** The source whose files the tree begins with; undefined before the first, null for none at all. */
  base(): string | null | undefined
  /**
   * Makes the tree begin with another source: files nobody has touched become its files, and what
   * was changed stays as it is. `tar` is only asked for where the source is not known yet.
   */
  fitTo(sourceId: string | null, tar: () => Promise<Readable>): Promise<void>
  /** Compared with the source that it begins with; also counts what the tree holds. */
  difference(): Promise<Omit<TreeDifference, 'release'>>
  /**
   * The whole tree as the source of that id. Throws SOURCE_UNSAFE for links that lead out of it,
   * SOURCE_TOO_LARGE, UPLOAD_NAMES_INVALID for names that are not UTF-8.
   */
  pack(sourceId: string): Promise<PackedTree>
  /**
   * Puts the content of an archive in the place of everything, all of it or nothing. Throws
   * ARCHIVE_REFUSED with the reason in words, ARCHIVE_TOO_LARGE, DISK_FULL.
   */
  takeArchive(archive: Readable, options: ArchiveOptions): Promise<UnpackedArchive>
  /** Back to the source that it begins with. */
  discard(tar: () => Promise<Readable>): Promise<void>
  usage(): { bytes: number; entries: number }
  openTransfers(): number
  /** Files whose writer has gone, by path. */
  incomplete(): string[]
  /** They are meant to be as they are. */
  acceptIncomplete(): void
  /** Told of each change of a session, with its path and whose session it is. */
  onChange(listener: (path: string, by: string | undefined) => void): void
}

/** The staging trees of all apps. */
export interface StagingTrees {
  /** Makes what is missing, and finishes what a crash has left half-done. */
  open(appId: string): Promise<StagingTree>
  remove(appId: string): Promise<void>
  /** Of which apps there are trees. */
  list(): Promise<string[]>
}
