import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { examineThis } from '#agent/cli/commands/doctor.ts'
import type { Installation } from '#agent/cli/installation.ts'
import { mustRun } from '#agent/cli/must-run.ts'
import { SetupError } from '#agent/cli/setup-error.ts'

const GIT = '/usr/bin/git'
const FETCH_TIMEOUT_MS = 120_000

/**
 * Takes the newest version of the clone that Vastrox was installed from, and lets its install.sh do
 * what a second run does: copy the state, take over, go back by itself when the new version does not
 * come up. With `--check` it only says what there is.
 */
export async function upgrade(installation: Installation, args: string[]): Promise<number> {
  const clone = installation.config.sourceDir
  if (clone === undefined || !existsSync(`${clone}/install.sh`))
    throw new SetupError(
      'The clone that Vastrox was installed from is not there any more.',
      'Clone it again and run its ./install.sh: that upgrades.',
    )
  const git = gitIn(clone)
  await git('fetch', '--quiet')
  const news = (await git('log', '--oneline', '--no-decorate', 'HEAD..@{upstream}')).trim()
  if (args.includes('--check')) return report(installation, news)
  if (news !== '') await git('merge', '--ff-only', '--quiet', '@{upstream}')
  return runInstaller(clone, installation.dataDir)
}

async function report(installation: Installation, news: string): Promise<number> {
  console.log(news === '' ? 'This is the newest version.' : `To come:\n${news}`)
  const findings = await examineThis(installation)
  const bad = findings.filter(({ level }) => level === 'bad')
  for (const { message, hint } of bad) console.log(`In the way: ${message}\n  What to do: ${hint}`)
  return bad.length === 0 ? 0 : 1
}

/** The clone may belong to another account than root; that we are in it is root's own wish. */
function gitIn(clone: string): (...args: string[]) => Promise<string> {
  return async (...args) => {
    try {
      return await mustRun(GIT, ['-C', clone, ...args], {
        timeoutMs: FETCH_TIMEOUT_MS,
        env: {
          GIT_TERMINAL_PROMPT: '0',
          GIT_CONFIG_COUNT: '1',
          GIT_CONFIG_KEY_0: 'safe.directory',
          GIT_CONFIG_VALUE_0: clone,
        },
      })
    } catch (error) {
      const said = error instanceof Error ? (error.message.split('\n').at(-1) ?? '') : ''
      throw new SetupError(
        `git ${args[0]} in ${clone} failed: ${said}`,
        `Bring the clone up to date by hand, then run ${clone}/install.sh.`,
        { cause: error },
      )
    }
  }
}

function runInstaller(clone: string, dataDir: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const installer = spawn(`${clone}/install.sh`, ['--data-dir', dataDir, '--no-example'], {
    shell: false,
    stdio: 'inherit',
  })
  installer.on('error', reject)
  installer.on('exit', (code) => resolve(code ?? 1))
  return promise
}
