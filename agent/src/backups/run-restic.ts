import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { availableParallelism, totalmem } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import { CodedError } from '@vastrox/shared/errors.ts'
import { killGroup } from '@vastrox/shared/node/run.ts'
import { runBehindOthers } from '#agent/backups/low-weight.ts'
import { readLines } from '#agent/backups/read-lines.ts'

export const RESTIC = '/usr/bin/restic'

/** It gives its lock back when it is asked to end. */
const ENDS_WITHIN_MS = 8_000
/** Nobody is another one for being asked again. */
const HOPELESS =
  /x509: |certificate|signaturedoesnotmatch|invalidaccesskeyid|access ?denied|forbidden/i
/** Between two tries it waits a minute at most. */
const QUIET_MS = 90_000
const GIVES_UP_AFTER_MS = 180_000
/** On a busy machine waiting for every chunk to be taken costs more than what is read. */
const MOST_QUEUED_BYTES = 4 * 2 ** 20
const KEPT_OF_STDERR = 32 * 2 ** 10
const MOST_MEMORY_BYTES = 512 * 2 ** 20

/** A repository that restic can be run on. */
export interface Access {
  instance: string
  /** In a control group of little weight. */
  isBehindOthers: boolean
  program: string
  /** Before the command. */
  options: readonly string[]
  env: Readonly<Record<string, string>>
  /** For people: `nas.example:/backups`. */
  shownAs: string
  /** The same for the same place. */
  key: string
  /** Where the repository lies, on this server's own disks. */
  folder: string | undefined
}

export interface ResticCall {
  signal: AbortSignal
  cwd?: string
  /** Whether something is fed to it. */
  hasInput?: boolean
  /** Each line that it says about trouble, as it says it. */
  onComplaint?: (line: string) => void
}

export interface ResticEnd {
  exitCode: number | null
  /** The end of it. */
  stderr: string
}

export const saysFull = (text: string): boolean =>
  /no space left on device|disk quota exceeded|storage ?full|quota ?exceeded|insufficient storage/i.test(
    text,
  )

export interface Running {
  pid: number
  stdin: Writable
  stdout: Readable
  /** Resolves with whatever exit code; rejects with the signal's reason where that ended it. */
  ended: Promise<ResticEnd>
  /** Ends it, without a word to anybody; resolves when it is gone. */
  stop: () => Promise<void>
}

/**
 * Starts restic, never through a shell. It leads its own process group, runs behind everything that
 * serves visitors, and dies with the agent: its input ends then, and what it has read must not pass for
 * the whole. Aborting asks it to end (it gives back its lock) and kills it where it does not.
 */
export function startRestic(access: Access, args: readonly string[], call: ResticCall): Running {
  if (!existsSync(access.program)) throw new CodedError('BACKUP_TOOL_MISSING')
  call.signal.throwIfAborted()
  const child = spawn(
    '/usr/bin/setpriv',
    [
      ...DIES_WITH_US,
      ...(access.isBehindOthers ? BEHIND : []),
      access.program,
      ...access.options,
      ...args,
    ],
    {
      shell: false,
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...access.env, ...LIMITS },
      ...(call.cwd === undefined ? {} : { cwd: call.cwd }),
    },
  )
  const leaveGroup =
    child.pid === undefined || !access.isBehindOthers
      ? undefined
      : runBehindOthers(access.instance, child.pid)
  let isStopping = false
  let timer: NodeJS.Timeout | undefined
  const stop = (): void => {
    if (isStopping || child.exitCode !== null || child.signalCode !== null) return
    isStopping = true
    child.kill('SIGINT')
    timer = setTimeout(() => killGroup(child, 'SIGKILL'), ENDS_WITHIN_MS)
  }
  call.signal.addEventListener('abort', stop, { once: true })
  // It ended before it read everything: its exit code tells the story.
  child.stdin.on('error', () => undefined)
  if (call.hasInput !== true) child.stdin.end()

  const patience = createPatience(stop)
  const complaints = keepComplaints(child, (line) => {
    patience(line)
    call.onComplaint?.(line)
  })
  const ended = untilEnded(child).then(async (exitCode) => {
    clearTimeout(timer)
    call.signal.removeEventListener('abort', stop)
    leaveGroup?.()
    const stderr = await complaints
    call.signal.throwIfAborted()
    return { exitCode, stderr }
  })
  // Whoever stopped it does not ask how it ended.
  ended.catch(() => undefined)
  return {
    pid: child.pid ?? 0,
    stdin: child.stdin,
    stdout: child.stdout,
    ended,
    async stop() {
      stop()
      child.stdout.resume()
      await ended.catch(() => undefined)
    },
  }
}

const DIES_WITH_US = ['--pdeathsig', 'KILL']
const BEHIND = '/usr/bin/nice -n 10 /usr/bin/ionice -c 2 -n 7'.split(' ')

const LIMITS = {
  /** Half of a large machine; on a small one its weight alone holds it back. */
  GOMAXPROCS: String(Math.max(2, Math.floor(availableParallelism() / 2))),
  GOMEMLIMIT: String(Math.min(MOST_MEMORY_BYTES, Math.floor(totalmem() / 4))),
  LC_ALL: 'C.UTF-8',
  RESTIC_PROGRESS_FPS: '1',
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>

async function untilEnded(child: Child): Promise<number | null> {
  const { promise, resolve, reject } = Promise.withResolvers<number | null>()
  child.on('error', (cause) => reject(new CodedError('BACKUP_TOOL_MISSING', {}, { cause })))
  child.on('close', (exitCode) => resolve(exitCode))
  return promise
}

async function keepComplaints(child: Child, onComplaint: (line: string) => void): Promise<string> {
  let kept = ''
  for await (const line of readLines(child.stderr)) {
    onComplaint(line)
    kept = `${kept}${line}\n`.slice(-KEPT_OF_STDERR)
  }
  return kept
}

/**
 * restic tries a destination again for a quarter of an hour at each step. That ends where trying cannot
 * help, and where nothing else has come of it for a while.
 */
function createPatience(stop: () => void): (line: string) => void {
  let since: number | undefined
  let last = 0
  return (line) => {
    if (!/returned error, retrying after/.test(line)) return
    const now = performance.now()
    if (since === undefined || now - last > QUIET_MS) since = now
    last = now
    if (saysFull(line) || HOPELESS.test(line) || now - since > GIVES_UP_AFTER_MS) stop()
  }
}

/** Writes with patience; false once nobody reads any more. */
export async function feed(to: Writable, chunk: Buffer, signal: AbortSignal): Promise<boolean> {
  if (!to.writable) return false
  if (to.write(chunk) || to.writableLength < MOST_QUEUED_BYTES) return true
  const { promise, resolve } = Promise.withResolvers<void>()
  const goOn = (): void => resolve()
  to.on('drain', goOn).on('close', goOn)
  signal.addEventListener('abort', goOn)
  try {
    await promise
  } finally {
    to.off('drain', goOn).off('close', goOn)
    signal.removeEventListener('abort', goOn)
  }
  return to.writable && !signal.aborted
}
