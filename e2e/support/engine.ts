import { spawn } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive } from '@vastrox/shared/node/is-alive.ts'
import { run } from '@vastrox/shared/node/run.ts'

/** What the engine itself says, asked as an operator would. */
export async function docker(...args: string[]): Promise<string> {
  const result = await run('/usr/bin/env', ['docker', ...args], {
    env: { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin' },
    timeoutMs: 60_000,
  })
  if (result.exitCode !== 0) throw new Error(`docker ${args.join(' ')}: ${result.stderr}`)
  return result.stdout.toString().trim()
}

/** Names of the containers of an app of this installation, running or not. */
export async function containersOf(instance: string, app: string): Promise<string[]> {
  const text = await docker(
    'ps',
    '-a',
    '--format',
    '{{.Names}}',
    '--filter',
    `name=^/?vastrox-${instance}-${app}-`,
  )
  return text.split('\n').filter((name) => name !== '')
}

/** The address of a container in its app's network. */
export const addressOf = (container: string): Promise<string> =>
  docker('inspect', '-f', '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}', container)

/**
 * Kills dockerd as a power cut would (SIGKILL) and starts it again with the same command line.
 * Only where it is a plain process that this machine's tests started, never a unit of systemd.
 */
export async function restartEngine(): Promise<void> {
  const pid = Number(readFileSync('/var/run/docker.pid', 'utf8'))
  const [program = '', ...args] = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    .split('\0')
    .filter(Boolean)
  if (!program.endsWith('dockerd')) throw new Error(`process ${pid} is not dockerd`)
  process.kill(pid, 'SIGKILL')
  while (isAlive(pid)) await sleep(20)
  // As after a power cut, where /run is empty: a number in a pid file could belong to anybody.
  rmSync('/var/run/docker.pid', { force: true })
  rmSync('/var/run/docker/containerd/containerd.pid', { force: true })
  spawn('/usr/bin/env', [program, ...args], { detached: true, stdio: 'ignore' }).unref()
  for (let attempt = 0; attempt < 300; attempt++) {
    try {
      await docker('version')
      return
    } catch {
      await sleep(100)
    }
  }
  throw new Error('dockerd did not come back')
}
