import type { Commit } from '@vastrox/shared/release.ts'
import type { Readable } from 'node:stream'

/** An app's own bare repository. Repositories are named by app id; refs and shas are checked before (C2). */
export interface SourceControl {
  /** Makes the repository when it is missing. */
  ensureRepository(appId: string): Promise<void>
  removeRepository(appId: string): Promise<void>
  /** undefined where the ref does not exist. */
  readRef(appId: string, ref: string): Promise<string | undefined>
  /**
   * `git update-ref <ref> <next> <expected>`: compare and swap. Gives false when the ref was not
   * `expected`. `undefined` for `expected` means it must not exist; for `next` it deletes.
   */
  moveRef(
    appId: string,
    ref: string,
    next: string | undefined,
    expected: string | undefined,
  ): Promise<boolean>
  readCommit(appId: string, sha: string, branch: string): Promise<Commit>
  /** Paths in the commit's tree that link outside of it, at most 20. */
  findUnsafeLinks(appId: string, sha: string): Promise<{ path: string; target: string }[]>
  /** The commit's tree as a tar. Submodules and export-ignored files are not in it. */
  archive(appId: string, sha: string): Promise<Readable>
}
