import type { Commit } from '@vastrox/shared/release.ts'
import type { Readable } from 'node:stream'

/** How a remote lets us in. Secrets are opened only for the time of one call. */
export type RemoteCredentials =
  | { kind: 'open' }
  | { kind: 'token'; username: string; token: string }
  /** OpenSSH's private key. */
  | { kind: 'key'; privateKey: string }

/** A repository elsewhere, as one call needs it. */
export interface GitRemote {
  appId: string
  /** As parseGitUrl took it. */
  url: string
  credentials: RemoteCredentials
  /** `<type> <base64>`: what an SSH host must prove itself with; null: whatever it shows is told. */
  hostKey: string | null
}

export interface RemoteRef {
  /** `refs/heads/main`, `refs/tags/v1`. */
  ref: string
  /** The commit it leads to. */
  sha: string
}

export interface RemoteListing {
  refs: RemoteRef[]
  /** What an SSH host proved itself with; null for HTTPS. */
  hostKey: string | null
}

/** What a fetched commit holds that a deployment must know of. */
export interface FetchedCommit {
  commit: Commit
  /** The whole message, at most 64 KB. */
  message: string
  unsafeLinks: { path: string; target: string }[]
  /** Paths of submodules that are not part of the source. */
  leftOut: string[]
  /** What of it was in Git LFS and is here now, and paths, at most 20, of what the host does not have. */
  lfs: { files: number; bytes: number; missing: string[] }
}

/**
 * Repositories elsewhere, over HTTPS and SSH, through the guard of rule C11. Rejects with
 * HOST_NOT_FOUND, ADDRESS_REFUSED, HOST_UNREACHABLE, REPOSITORY_REFUSED, HOST_KEY_CHANGED or
 * SOURCE_TOO_LARGE.
 */
export interface ExternalGit {
  /** The refs that match one of the patterns, as `git ls-remote` takes them. */
  list(remote: GitRemote, patterns: readonly string[], signal?: AbortSignal): Promise<RemoteListing>
  /** Brings one commit, with its submodules where they are wanted, and keeps it until the next is kept. */
  fetch(
    remote: GitRemote,
    wanted: RemoteRef,
    options: { submodules: boolean; signal?: AbortSignal },
  ): Promise<FetchedCommit>
  /** The fetched commit's tree as a tar, that of its submodules with it. */
  archive(appId: string, sha: string): Promise<Readable>
  /** Whether anything that these patterns name differs between two commits; true where the first is not there. */
  touches(appId: string, from: string, to: string, patterns: readonly string[]): Promise<boolean>
  /** Removes what was fetched for an app. */
  forget(appId: string): Promise<void>
}
