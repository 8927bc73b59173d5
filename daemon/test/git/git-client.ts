import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type RunResult, run } from '@vastrox/shared/node/run.ts'

/** A user's checkout, driven by the real git as a user would: the CA file, and no verification off. */
export async function createCheckout(dir: string, caFile: string) {
  await mkdir(dir, { recursive: true })
  const env = {
    PATH: '/usr/bin:/bin',
    HOME: dir,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_SSL_CAINFO: caFile,
    GIT_AUTHOR_NAME: 'Anna',
    GIT_AUTHOR_EMAIL: 'anna@example.com',
    GIT_COMMITTER_NAME: 'Anna',
    GIT_COMMITTER_EMAIL: 'anna@example.com',
    LC_ALL: 'C.UTF-8',
  }
  /** Exit code and everything that git printed. */
  const git = async (...args: string[]): Promise<{ exitCode: number | null; text: string }> => {
    const { exitCode, stdout, stderr }: RunResult = await run('/usr/bin/git', args, {
      cwd: dir,
      env,
      timeoutMs: 120_000,
    })
    return { exitCode, text: `${stdout.toString()}${stderr}` }
  }
  const ok = async (...args: string[]): Promise<string> => {
    const { exitCode, text } = await git(...args)
    if (exitCode !== 0) throw new Error(`git ${args.join(' ')}: ${text}`)
    return text.trim()
  }

  return {
    dir,
    env,
    git,
    ok,
    init: () => ok('init', '--quiet', '--initial-branch=main'),
    /** Writes the files and commits them; gives the commit's name. */
    async commit(files: Record<string, string>, message = 'change'): Promise<string> {
      for (const [path, content] of Object.entries(files)) {
        await mkdir(dirname(join(dir, path)), { recursive: true })
        await writeFile(join(dir, path), content)
      }
      await ok('add', '--all')
      await ok('commit', '--quiet', '--allow-empty', '-m', message)
      return ok('rev-parse', 'HEAD')
    },
  }
}
export type Checkout = Awaited<ReturnType<typeof createCheckout>>
