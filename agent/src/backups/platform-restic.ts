import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type RunResult, run } from '@vastrox/shared/node/run.ts'
import { z } from 'zod'

const RESTIC = '/usr/bin/restic'
const SHORT_MS = 300_000
const LONG_MS = 86_400_000
const MAX_OUTPUT_BYTES = 512 * 2 ** 20

const Snapshots = z.array(
  z.object({
    id: z.string(),
    time: z.string(),
    hostname: z.string().default(''),
    tags: z.array(z.string()).nullish(),
    paths: z.array(z.string()).default([]),
  }),
)

export interface Snapshot {
  id: string
  time: string
  host: string
  tags: string[]
}

/** Where a repository is, in restic's words; what is secret in `env` alone. */
export interface ResticRepository {
  url: string
  /** `-o` of each. */
  options: readonly string[]
  env: Readonly<Record<string, string>>
  password: string
}

/** What restic said, in one line that people can act on. */
export class ResticError extends Error {
  readonly kind: 'key' | 'missing' | 'other'

  constructor(kind: ResticError['kind'], message: string) {
    super(message)
    this.name = 'ResticError'
    this.kind = kind
  }
}

/**
 * restic on a machine that has nothing of ours yet: no agent, no roots, no daemon. The password is in a
 * file that only root can read, for as long as this is open.
 */
export async function openRestic(repository: ResticRepository, scratch: string) {
  await mkdir(scratch, { recursive: true, mode: 0o700 })
  const directory = await mkdtemp(join(scratch, 'restic-'))
  const passwordFile = join(directory, 'password')
  await writeFile(passwordFile, repository.password, { mode: 0o600 })
  const env = {
    PATH: '/usr/bin:/bin',
    HOME: '/root',
    LANG: 'C.UTF-8',
    ...repository.env,
    RESTIC_REPOSITORY: repository.url,
    RESTIC_PASSWORD_FILE: passwordFile,
    RESTIC_CACHE_DIR: join(directory, 'cache'),
    TMPDIR: directory,
  }

  async function restic(
    args: readonly string[],
    { timeoutMs = SHORT_MS, cwd = directory }: { timeoutMs?: number; cwd?: string } = {},
  ): Promise<Buffer> {
    const options = repository.options.flatMap((option) => ['-o', option])
    const result = await run(RESTIC, [...options, ...args], {
      env,
      cwd,
      timeoutMs,
      maxOutputBytes: MAX_OUTPUT_BYTES,
    })
    if (result.exitCode !== 0) throw failureOf(args[0] ?? '', result)
    return result.stdout
  }

  /** Sparse files stay sparse where restic can do that: from 0.15 on. */
  async function sparse(): Promise<string[]> {
    const [, major = '0', minor = '0'] =
      /restic (\d+)\.(\d+)/.exec((await restic(['version'])).toString()) ?? []
    return Number(major) > 0 || Number(minor) >= 15 ? ['--sparse'] : []
  }

  return {
    /** Oldest first. */
    async snapshots(): Promise<Snapshot[]> {
      // No lock: a repository that may only be read is as good, and so is one with a dead one's lock.
      const stdout = await restic(['snapshots', '--json', '--no-lock'])
      return Snapshots.parse(JSON.parse(stdout.toString()) ?? [])
        .map(({ id, time, hostname, tags }) => ({ id, time, host: hostname, tags: tags ?? [] }))
        .toSorted((one, other) => Date.parse(one.time) - Date.parse(other.time))
    },

    read: (snapshotId: string, path: string): Promise<Buffer> =>
      restic(['dump', '--no-lock', snapshotId, path]),

    /** Everything of it, with owners, rights and times, into `target`. What is there already is written over. */
    async restore(snapshotId: string, target: string): Promise<void> {
      await restic(
        ['restore', '--no-lock', '--quiet', ...(await sparse()), '--target', target, snapshotId],
        { timeoutMs: LONG_MS },
      )
    },

    /** The password and the cache go. */
    close: (): Promise<void> => rm(directory, { recursive: true, force: true }),
  }
}
export type Restic = Awaited<ReturnType<typeof openRestic>>

function failureOf(command: string, { exitCode, signal, stderr }: RunResult): ResticError {
  const said = stderr
    .trim()
    .split('\n')
    .filter((line) => line.trim() !== '')
  const line = said.findLast((each) => /fatal|error|unable/i.test(each)) ?? said.at(-1) ?? ''
  if (/wrong password|no key found/i.test(stderr))
    return new ResticError('key', 'The key does not open this repository.')
  if (/Is there a repository at|does not exist|unable to open config file/i.test(stderr))
    return new ResticError('missing', line)
  return new ResticError('other', `restic ${command} ended with ${signal ?? exitCode}: ${line}`)
}
