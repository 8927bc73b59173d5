import { type HostProgram, type RunOptions, run } from '@vastrox/shared/node/run.ts'

const TIMEOUT_MS = 60_000
/** Nothing of the caller's environment but what programs of the distribution need. */
const ENV = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LANG: 'C.UTF-8',
  HOME: '/root',
  DEBIAN_FRONTEND: 'noninteractive',
}

/** Runs a program of the host; rejects with what it printed when it does not succeed. */
export async function mustRun(
  program: HostProgram,
  args: readonly string[],
  options: Partial<RunOptions> = {},
): Promise<string> {
  const result = await run(program, args, {
    timeoutMs: TIMEOUT_MS,
    ...options,
    env: { ...ENV, ...options.env },
  })
  const stdout = result.stdout.toString()
  if (result.exitCode === 0) return stdout
  const said = `${result.stderr}\n${stdout}`.trim().split('\n').slice(-6).join('\n')
  throw new Error(
    `${program} ${args[0] ?? ''} failed (${result.signal ?? result.exitCode}): ${said}`,
  )
}
