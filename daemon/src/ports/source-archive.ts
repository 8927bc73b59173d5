import type { Readable } from 'node:stream'

/** The tars that deployments are built from, kept from before the row `queued` until its release is gone. */
export interface SourceArchive {
  /** Resolves once the bytes are safe on disk (fsync of file and directory). */
  put(id: string, tar: Readable): Promise<{ sizeBytes: number }>
  /** The tar from its beginning. Throws when it is not there. */
  open(id: string): Promise<Readable>
  has(id: string): Promise<boolean>
  remove(id: string): Promise<void>
  list(): Promise<string[]>
}
