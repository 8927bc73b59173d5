import type { Readable } from 'node:stream'
import type { SourceTree } from '#ports/stack.ts'

/** Reads and re-writes the tar of a source, as a stream. */
export interface BuildContext {
  /** Every path, and the text of `reads` (at most 1 MB each). Throws SOURCE_UNSAFE for a broken tar. */
  readTree(tar: Readable, reads: readonly string[]): Promise<SourceTree>
  /**
   * The same tar with a file `name` holding `content` in its root, in place of one that is there, and
   * without what `ignore` names (paths or directories; `*` stands for anything but a slash, `**` for
   * anything).
   */
  withFile(tar: Readable, name: string, content: string, ignore: readonly string[]): Readable
}
