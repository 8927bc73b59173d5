import { readdir, readFile, readlink, stat, statfs } from 'node:fs/promises'
import { release } from 'node:os'
import { type HostProgram, run } from '@vastrox/shared/node/run.ts'

/** What a machine can be asked. Nothing of it changes anything; a test answers in its place. */
export interface Machine {
  /** undefined where there is no such file, or it may not be read. */
  read(path: string): Promise<string | undefined>
  /** Names in a directory; empty where there is none. */
  list(path: string): Promise<string[]>
  link(path: string): Promise<string | undefined>
  modifiedAt(path: string): Promise<Date | undefined>
  space(path: string): Promise<Space | undefined>
  /** What a program prints; undefined where it is missing, fails or takes too long. */
  ask(
    program: HostProgram,
    args: readonly string[],
    timeoutMs?: number,
  ): Promise<string | undefined>
  kernel(): string
  now(): Date
}

export interface Space {
  bytes: number
  availableBytes: number
  inodes: number
  availableInodes: number
}

const TIMEOUT_MS = 10_000
const ENV = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' }

/** The one that this runs on. */
export const thisMachine: Machine = {
  read: (path) => readFile(path, 'utf8').catch(() => undefined),
  list: (path) => readdir(path).catch(() => []),
  link: (path) => readlink(path).catch(() => undefined),
  modifiedAt: (path) =>
    stat(path).then(
      ({ mtime }) => mtime,
      () => undefined,
    ),
  space: (path) =>
    statfs(path).then(
      ({ blocks, bfree, bavail, bsize, files, ffree }) => ({
        bytes: (blocks - bfree + bavail) * bsize,
        availableBytes: bavail * bsize,
        inodes: files,
        availableInodes: ffree,
      }),
      () => undefined,
    ),
  ask: (program, args, timeoutMs = TIMEOUT_MS) =>
    run(program, args, { timeoutMs, env: ENV }).then(
      ({ exitCode, stdout }) => (exitCode === 0 ? stdout.toString() : undefined),
      () => undefined,
    ),
  kernel: release,
  now: () => new Date(),
}
