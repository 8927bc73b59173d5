import { Readable } from 'node:stream'
import { CodedError } from '@vastrox/shared/errors.ts'
import { pathMatcher } from '#adapters/system/path-patterns.ts'
import type { ExternalGit, GitRemote } from '#ports/external-git.ts'
import { tarOf } from './sources.ts'

interface FakeCommit {
  message: string
  files: Record<string, string>
  branch: string
}

/** A repository elsewhere, in memory: what a test commits is what is fetched. */
export function createFakeExternalGit() {
  const refs = new Map<string, string>()
  const commits = new Map<string, FakeCommit>()
  const calls: string[] = []
  const remotes: GitRemote[] = []
  let made = 0
  let problem: CodedError | undefined
  let gate: Promise<void> = Promise.resolve()

  const git: ExternalGit = {
    async list(remote, _patterns, signal) {
      calls.push('list')
      remotes.push(remote)
      await gate
      signal?.throwIfAborted()
      if (problem) throw problem
      return { refs: [...refs].map(([ref, sha]) => ({ ref, sha })), hostKey: null }
    },
    async fetch(_remote, { ref }) {
      calls.push(`fetch ${ref}`)
      const sha = refs.get(ref) ?? ''
      const commit = commits.get(sha)
      if (!commit) throw new CodedError('REPOSITORY_REF_NOT_FOUND')
      const [subject = ''] = commit.message.split('\n')
      return {
        commit: { sha, branch: ref.replace(/^refs\/(heads|tags)\//, ''), subject, author: 'anna' },
        message: commit.message,
        unsafeLinks: [],
        leftOut: [],
        lfs: { files: 0, bytes: 0, missing: [] },
      }
    },
    archive: async (_appId, sha) => Readable.from([await tarOf(commits.get(sha)?.files ?? {})]),
    async touches(_appId, from, to, patterns) {
      const [before, after] = [commits.get(from)?.files ?? {}, commits.get(to)?.files ?? {}]
      const isWatched = pathMatcher(patterns)
      return Object.keys({ ...before, ...after }).some(
        (path) => before[path] !== after[path] && isWatched(path),
      )
    },
    async forget(appId) {
      calls.push(`forget ${appId}`)
    },
  }

  return {
    ...git,
    calls,
    remotes,
    /** Looks wait until the promise resolves. */
    hold: (until: Promise<void>): void => {
      gate = until
    },
    fail: (error: CodedError | undefined): void => {
      problem = error
    },
    remove: (ref: string): void => void refs.delete(ref),
    commit(
      message: string,
      {
        files = { 'server.js': message },
        ref = 'refs/heads/main',
      }: { files?: Record<string, string>; ref?: string } = {},
    ): string {
      made += 1
      const sha = String(made).padStart(40, 'e')
      commits.set(sha, { message, files, branch: ref })
      refs.set(ref, sha)
      return sha
    },
  }
}
export type FakeExternalGit = ReturnType<typeof createFakeExternalGit>
