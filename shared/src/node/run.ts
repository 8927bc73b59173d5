import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'

/** Every program of the host that we ever start. Absolute, so that PATH decides nothing (rule C1). */
export type HostProgram =
  | `/usr/bin/${string}`
  | `/usr/sbin/${string}`
  | `/opt/${string}`
  | `/${string}`

export interface RunOptions {
  /** The whole environment; nothing is inherited. */
  env?: Record<string, string>
  cwd?: string
  input?: string | Uint8Array | Readable
  signal?: AbortSignal
  timeoutMs: number
  /** More output than this ends the program and rejects. */
  maxOutputBytes?: number
  uid?: number
  gid?: number
  /** Called right after the start, before the program has been given anything to read. */
  onStart?: (pid: number) => void
}

export interface RunResult {
  exitCode: number | null
  signal: NodeJS.Signals | null
  stdout: Buffer
  stderr: string
}

const DEFAULT_MAX_OUTPUT_BYTES = 64 * 2 ** 20

/**
 * Runs a program to its end, never through a shell. Resolves with whatever exit code it had; rejects
 * when it cannot be started, runs out of time, is aborted or prints too much. It leads its own
 * process group, which is killed as a whole.
 */
export function run(
  program: HostProgram,
  args: readonly string[],
  options: RunOptions,
): Promise<RunResult> {
  const { promise, resolve, reject } = Promise.withResolvers<RunResult>()
  const child = spawn(program, args, {
    shell: false,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: options.env ?? {},
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    ...(options.gid === undefined ? {} : { gid: options.gid }),
  })
  if (child.pid !== undefined) options.onStart?.(child.pid)
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  let size = 0
  let failure: Error | undefined

  const fail = (error: Error): void => {
    failure ??= error
    killGroup(child, 'SIGKILL')
  }
  const keep = (into: Buffer[]) => (chunk: Buffer) => {
    size += chunk.length
    if (size > (options.maxOutputBytes ?? DEFAULT_MAX_OUTPUT_BYTES)) {
      fail(new Error(`${program} printed more than is allowed`))
      return
    }
    into.push(chunk)
  }
  const onAbort = (): void => fail(new Error(`${program} was cancelled`))

  const timer = setTimeout(
    () => fail(new Error(`${program} took longer than ${options.timeoutMs} ms`)),
    options.timeoutMs,
  )
  options.signal?.addEventListener('abort', onAbort, { once: true })
  if (options.signal?.aborted) onAbort()

  child.stdout.on('data', keep(stdout))
  child.stderr.on('data', keep(stderr))
  child.stdin.on('error', () => {
    // The program ended before it read everything; its exit code tells the story.
  })
  if (options.input === undefined) child.stdin.end()
  else if (typeof options.input === 'string' || options.input instanceof Uint8Array)
    child.stdin.end(options.input)
  else {
    options.input.on('error', fail)
    options.input.pipe(child.stdin)
  }

  child.on('error', (error) => {
    failure ??= error
    finish(null, null)
  })
  child.on('close', (exitCode, signal) => finish(exitCode, signal))

  function finish(exitCode: number | null, signal: NodeJS.Signals | null): void {
    clearTimeout(timer)
    options.signal?.removeEventListener('abort', onAbort)
    if (failure) reject(failure)
    else
      resolve({
        exitCode,
        signal,
        stdout: Buffer.concat(stdout),
        stderr: Buffer.concat(stderr).toString(),
      })
  }
  return promise
}

/** Ends a program started with `detached: true` and everything it started. */
export function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, signal)
  } catch {
    // The group has ended already.
  }
}
