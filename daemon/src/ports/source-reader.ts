import type { Readable } from 'node:stream'

export interface SourceFile {
  kind: 'file' | 'symlink'
  sizeBytes: number
  executable: boolean
  /** Of the bytes, or of where the link leads: two of the same are the same. */
  digest: string
}

/** Looks into the tars that deployments are built from, without unpacking them. */
export interface SourceReader {
  /** Its files and links by path. Reads the tar to its end. */
  list(tar: Readable, signal: AbortSignal): Promise<Map<string, SourceFile>>
  /** The first bytes of one file, at most so many; undefined where there is none. */
  read(
    tar: Readable,
    path: string,
    maxBytes: number,
    signal: AbortSignal,
  ): Promise<Buffer | undefined>
}
