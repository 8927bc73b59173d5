import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type RunResult, run } from '@vastrox/shared/node/run.ts'

export interface PushResult {
  exitCode: number | null
  /** What git printed, both streams; the remote's lines begin with `remote: `. */
  output: string
  durationMs: number
}

export interface Remote {
  /** `https://git:<token>@host:port/git/<app>.git` */
  url: string
  caFile: string
}

/**
 * A user's checkout, driven by the real git client. Nothing of this machine's git configuration is
 * used, and verification stays on: the CA file is given as a user would give it.
 */
export function createWorkingCopy(remote: Remote) {
  const path = mkdtempSync(join(tmpdir(), 'vastrox-e2e-'))
  const env = {
    PATH: '/usr/bin:/bin',
    HOME: path,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_SSL_CAINFO: remote.caFile,
    GIT_AUTHOR_NAME: 'Ann',
    GIT_AUTHOR_EMAIL: 'ann@example.test',
    GIT_COMMITTER_NAME: 'Ann',
    GIT_COMMITTER_EMAIL: 'ann@example.test',
  }

  async function tryGit(...args: string[]): Promise<RunResult> {
    return run('/usr/bin/git', args, { cwd: path, env, timeoutMs: 600_000 })
  }

  async function git(...args: string[]): Promise<string> {
    const result = await tryGit(...args)
    if (result.exitCode !== 0) throw new Error(`git ${args.join(' ')}: ${result.stderr}`)
    return result.stdout.toString().trim()
  }

  return {
    path,
    git,
    tryGit,

    async init(): Promise<void> {
      await git('init', '-q', '--initial-branch=main')
      await git('remote', 'add', 'vastrox', remote.url)
    },

    /** Copies a source tree into it. */
    copyFrom: (source: string): void => cpSync(source, path, { recursive: true }),

    /** Copies one into a folder of it. */
    addFolder: (source: string, folder: string): void =>
      cpSync(source, join(path, folder), { recursive: true }),

    write(files: Record<string, string>): void {
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(join(path, name)), { recursive: true })
        writeFileSync(join(path, name), text)
      }
    },

    async commit(message: string): Promise<string> {
      await git('add', '-A')
      await git('commit', '-q', '--allow-empty', '-m', message)
      return git('rev-parse', 'HEAD')
    },

    async push(...args: string[]): Promise<PushResult> {
      const startedAt = performance.now()
      const result = await tryGit('push', 'vastrox', ...(args.length > 0 ? args : ['main']))
      return {
        exitCode: result.exitCode,
        output: result.stdout.toString() + result.stderr,
        durationMs: performance.now() - startedAt,
      }
    },

    remove: (): void => rmSync(path, { recursive: true, force: true }),
  }
}
export type WorkingCopy = ReturnType<typeof createWorkingCopy>
