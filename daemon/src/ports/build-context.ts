import type { Readable } from 'node:stream'
import type { SourceTree } from '#ports/stack.ts'

/** Reads and re-writes the tar of a source, as a stream. */
export interface BuildContext {
  /**
   * Every path, and the text of what the patterns `reads` name (see SourceTree). Throws SOURCE_UNSAFE
   * for a broken tar.
   */
  readTree(tar: Readable, reads: readonly string[]): Promise<SourceTree>
  /**
   * The same tar with `files` (path → text) put in, in place of those that are there, and without what
   * `ignore` names (paths or directories; `*` stands for anything but a slash, `**` for anything;
   * `!` before one takes back what those before it named).
   * With `root`, only what is in that directory, as seen from there.
   */
  withFiles(
    tar: Readable,
    files: Readonly<Record<string, string>>,
    options: { ignore: readonly string[]; root: string | null },
  ): Readable
}
