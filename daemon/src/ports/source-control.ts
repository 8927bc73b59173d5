import type { Commit } from '@vastrox/shared/release.ts'
import type { Readable } from 'node:stream'
import type { SourceTree } from '#ports/stack.ts'

/** What a commit's tree holds that a deployment must know of; at most 20 of each. */
export interface TreeFindings {
  /** Symlinks whose target lies outside of the tree. */
  unsafeLinks: { path: string; target: string }[]
  /** Paths of submodules: their files are not part of the repository. */
  submodules: string[]
}

export interface NewCommit {
  files: readonly { path: string; executable: boolean; content: Buffer }[]
  /** One line. */
  subject: string
  at: Date
}

/** An app's own bare repository. Repositories are named by app id; refs and shas are checked before (C2). */
export interface SourceControl {
  /** Makes the repository when it is missing. */
  ensureRepository(appId: string): Promise<void>
  removeRepository(appId: string): Promise<void>
  /** undefined where the ref does not exist. */
  readRef(appId: string, ref: string): Promise<string | undefined>
  /** The refs under a prefix that ends with a slash. */
  listRefs(appId: string, prefix: string): Promise<{ ref: string; sha: string }[]>
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
  /** Makes a commit of these files, without a parent, and points a new ref to it. Gives its sha. */
  commitFiles(appId: string, ref: string, commit: NewCommit): Promise<string>
  /** True when `ancestor` is in the history of `sha`, or is `sha`. */
  isAncestor(appId: string, ancestor: string, sha: string): Promise<boolean>
  readCommit(appId: string, sha: string, branch: string): Promise<Commit>
  inspectTree(appId: string, sha: string): Promise<TreeFindings>
  /** The commit's tree as stacks see it, with the text of the files named by `reads`. */
  readTree(appId: string, sha: string, reads: readonly string[]): Promise<SourceTree>
  /** The commit's tree as a tar. Submodules and export-ignored files are not in it. */
  archive(appId: string, sha: string): Promise<Readable>
  /**
   * Removes the lock files that a killed git has left, which would refuse every later move of a ref.
   * Only to be called while no git of ours can be running: at the start, before the first push.
   */
  removeStaleLocks(appId: string): Promise<void>
  /** Puts packs together where there are many, and drops what no ref has reached for two weeks. Safe while pushes go on. */
  tidy(appId: string): Promise<void>
}
