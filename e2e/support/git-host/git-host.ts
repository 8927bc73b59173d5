import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '@vastrox/shared/node/run.ts'
import { serveGit } from './http-backend.ts'
import { makeTls } from './tls.ts'

const ENV = {
  PATH: '/usr/bin:/bin',
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
}

/** A Git host on loopback, behind TLS of an authority of its own: real repositories, served by git. */
export async function startGitHost() {
  const dir = mkdtempSync(join(tmpdir(), 'vastrox-e2e-host-'))
  const root = join(dir, 'repositories')
  mkdirSync(root)
  const tls = await makeTls(dir)
  const asked: string[] = []
  const server = createServer({ cert: tls.cert, key: tls.key }, (request, reply) => {
    asked.push(`${request.method} ${request.url}`)
    serveGit(root, request, reply)
  })
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  await promise
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0

  async function git(cwd: string, args: string[], input?: string): Promise<string> {
    const result = await run('/usr/bin/git', args, {
      cwd,
      env: ENV,
      timeoutMs: 60_000,
      ...(input === undefined ? {} : { input }),
    })
    if (result.exitCode !== 0) throw new Error(`git ${args.join(' ')}: ${result.stderr}`)
    return result.stdout.toString().trim()
  }

  return {
    /** In PEM. */
    ca: tls.ca,
    /** What was asked of it, as `GET /name.git/…`. */
    asked,
    url: (name: string): string => `https://localhost:${port}/${name}.git`,

    /** A repository of so many commits, one upon the other; none is on a branch until it is pushed. */
    async repository(name: string, commits: readonly Record<string, string>[]) {
      const path = join(root, `${name}.git`)
      await git(dir, ['init', '--quiet', '--bare', '--initial-branch=main', path])
      await git(path, ['fast-import', '--quiet', '--force'], streamOf(commits))
      const listed = await git(path, ['rev-list', '--reverse', 'refs/pool/all'])
      const shas = listed.split('\n')
      const set = (ref: string, at: number): Promise<string> =>
        git(path, ['update-ref', ref, shas[at] ?? ''])
      return {
        /** The first is the oldest. */
        shas,
        /** Moves a branch to a commit, as a push does. */
        push: (at: number, branch = 'main') => set(`refs/heads/${branch}`, at),
        tag: (at: number, tag: string) => set(`refs/tags/${tag}`, at),
        remove: (branch: string) => git(path, ['update-ref', '-d', `refs/heads/${branch}`]),
      }
    },

    close(): void {
      server.closeAllConnections()
      server.close()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
export type GitHostStub = Awaited<ReturnType<typeof startGitHost>>

/** What `git fast-import` reads. */
function streamOf(commits: readonly Record<string, string>[]): string {
  const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`
  return commits
    .map((files, at) =>
      [
        'commit refs/pool/all\n',
        `committer Ann <ann@example.test> ${1_700_000_000 + at} +0000\n`,
        data(`push ${at}`),
        ...Object.entries(files).map(([path, text]) => `M 100644 inline ${path}\n${data(text)}`),
      ].join(''),
    )
    .join('')
}
