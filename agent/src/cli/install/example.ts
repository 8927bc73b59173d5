import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { run } from '@vastrox/shared/node/run.ts'
import type { InstallationConfig } from '@vastrox/shared/installation.ts'
import { SetupError } from '#agent/cli/setup-error.ts'

export const EXAMPLE_APP = 'hello'
const GIT = '/usr/bin/git'
const PUSH_TIMEOUT_MS = 240_000
const ANSWER_TIMEOUT_MS = 60_000

interface Push {
  /** The example's folder. */
  source: string
  config: InstallationConfig
  caFile: string
  token: string
  progress: (line: string) => void
}

/**
 * Pushes the example as anybody would: with the git client, over HTTPS, trusting the CA file. The
 * token is in a .netrc that only root can read, and so in no argument list.
 */
export async function pushExample({
  source,
  config,
  caFile,
  token,
  progress,
}: Push): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'vastrox-example-'))
  try {
    const tree = join(home, EXAMPLE_APP)
    await cp(source, tree, { recursive: true })
    await writeFile(join(home, '.netrc'), `machine localhost login git password ${token}\n`, {
      mode: 0o600,
    })
    const git = async (...args: string[]): Promise<string> => {
      const result = await run(GIT, ['-C', tree, ...args], {
        timeoutMs: PUSH_TIMEOUT_MS,
        env: {
          HOME: home,
          PATH: '/usr/bin:/bin',
          LANG: 'C.UTF-8',
          GIT_CONFIG_NOSYSTEM: '1',
          GIT_TERMINAL_PROMPT: '0',
          GIT_SSL_CAINFO: caFile,
          GIT_AUTHOR_NAME: 'Vastrox',
          GIT_AUTHOR_EMAIL: 'vastrox@localhost',
          GIT_COMMITTER_NAME: 'Vastrox',
          GIT_COMMITTER_EMAIL: 'vastrox@localhost',
        },
      })
      for (const line of result.stderr.split('\n')) if (line.trim()) progress(line)
      if (result.exitCode === 0) return result.stderr
      const said = result.stderr.trim().split('\n').slice(-12).join('\n    ')
      throw new SetupError(
        `git ${args[0]} of the example failed:\n    ${said}`,
        'vastrox doctor looks for the reason; then run ./install.sh again.',
      )
    }
    await git('init', '--quiet', '--initial-branch=main')
    await git('add', '.')
    await git('commit', '--quiet', '--message=Hello from Vastrox')
    const remote = `https://localhost:${config.dashboardPort}/git/${EXAMPLE_APP}.git`
    await git('push', remote, 'main')
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

/** Whether the example answers through the proxy. */
export async function exampleAnswers(config: InstallationConfig): Promise<boolean> {
  const status = await statusOf(config.httpPort, `${EXAMPLE_APP}.${config.baseDomain}`)
  return status === 200
}

export async function untilExampleAnswers(config: InstallationConfig): Promise<void> {
  for (const endsAt = Date.now() + ANSWER_TIMEOUT_MS; !(await exampleAnswers(config)); )
    if (Date.now() > endsAt)
      throw new SetupError(
        'The example was deployed, but does not answer through the proxy.',
        'vastrox doctor looks for the reason.',
      )
    else await sleep(100)
}

function statusOf(port: number, host: string): Promise<number | undefined> {
  const { promise, resolve } = Promise.withResolvers<number | undefined>()
  const asked = request(
    { host: '127.0.0.1', port, headers: { host }, timeout: 5_000, agent: false },
    (response) => {
      response.resume()
      resolve(response.statusCode)
    },
  )
  asked.on('timeout', () => asked.destroy())
  asked.on('error', () => resolve(undefined))
  asked.end()
  return promise
}
