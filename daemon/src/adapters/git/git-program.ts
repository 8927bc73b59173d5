import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { PassThrough, type Readable } from 'node:stream'
import { CodedError } from '@vastrox/shared/errors.ts'
import { killGroup, type RunOptions, type RunResult, run } from '@vastrox/shared/node/run.ts'

export const GIT = '/usr/bin/git'

/**
 * The whole environment of every git that we start: no configuration of the machine or of a user,
 * no prompt, no pager, no way out to the network (rule C3).
 */
export const GIT_ENV: Readonly<Record<string, string>> = {
  PATH: '/usr/bin:/bin',
  HOME: '/nonexistent',
  LC_ALL: 'C.UTF-8',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_ALLOW_PROTOCOL: 'none',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_PAGER: 'cat',
}

/** Given to each git on its command line, where a repository's own config cannot overrule it. */
export const GIT_CONFIG: readonly string[] = [
  ...config('protocol.allow', 'never'),
  ...config('core.hooksPath', '/dev/null'),
  ...config('core.fsmonitor', 'false'),
  ...config('core.attributesFile', '/dev/null'),
  ...config('gc.auto', '0'),
  ...config('gc.autoDetach', 'false'),
  ...config('maintenance.auto', 'false'),
  // Larger files pass through in pieces: one of 400 MB of zeros is a push of 400 KB.
  ...config('core.bigFileThreshold', '16m'),
  ...config('pack.threads', '1'),
]

/** Where memory is short, git goes before what runs; what it starts inherits that. */
export function letGoFirst(pid: number | undefined): void {
  try {
    if (pid !== undefined) writeFileSync(`/proc/${pid}/oom_score_adj`, '500')
  } catch {
    // It has ended already, or there is no /proc here: the kernel decides by size alone.
  }
}

export function config(name: string, value: string): string[] {
  return ['-c', `${name}=${value}`]
}

const TIMEOUT_MS = 60_000

/** Runs git on a repository to its end; the exit code is the caller's to look at. */
export const git = (
  repository: string,
  args: readonly string[],
  options: Partial<RunOptions> = {},
): Promise<RunResult> =>
  run(GIT, [...GIT_CONFIG, `--git-dir=${repository}`, ...args], {
    timeoutMs: TIMEOUT_MS,
    onStart: letGoFirst,
    ...options,
    env: { ...GIT_ENV, ...options.env },
  })

/** As `git`, but anything other than exit code 0 rejects. */
export async function gitOk(
  repository: string,
  args: readonly string[],
  options: Partial<RunOptions> = {},
): Promise<Buffer> {
  const result = await git(repository, args, options)
  if (result.exitCode === 0) return result.stdout
  throw gitError(nameOf(args), result.stderr)
}

/** What git could not do; a full disk is said as such, so that the user can do something about it. */
export function gitError(command: string, stderr: string): Error {
  const cause = new Error(`git ${command} failed: ${stderr.trim().slice(0, 500)}`)
  const isFull = /No space left on device|Disk quota exceeded/i.test(stderr)
  return isFull ? new CodedError('DISK_FULL', {}, { cause }) : cause
}

/** What git prints, as it comes; the stream fails when git does. Destroying it ends git. */
export function gitStream(
  repository: string,
  args: readonly string[],
  timeoutMs: number,
): Readable {
  const child = spawn(GIT, [...GIT_CONFIG, `--git-dir=${repository}`, ...args], {
    shell: false,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: GIT_ENV,
  })
  letGoFirst(child.pid)
  const output = new PassThrough()
  let complaint = ''
  const timer = setTimeout(
    () => output.destroy(new Error(`git ${nameOf(args)} took longer than ${timeoutMs} ms`)),
    timeoutMs,
  )
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (complaint.length < 500) complaint += text
  })
  child.stdout.pipe(output, { end: false })
  child.on('error', (error) => output.destroy(error))
  child.on('close', (code) => {
    clearTimeout(timer)
    if (code === 0) output.end()
    else output.destroy(gitError(nameOf(args), complaint))
  })
  output.on('close', () => {
    clearTimeout(timer)
    if (child.exitCode === null && child.signalCode === null) killGroup(child, 'SIGKILL')
  })
  return output
}

/** The command itself, after the options that come before it. */
const nameOf = (args: readonly string[]): string =>
  args.find((arg, at) => !arg.startsWith('-') && args[at - 1] !== '-c') ?? ''
