import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { PlatformProcess, PlatformStatus } from '@vastrox/shared/platform-status.ts'
import { SshAccess } from '@vastrox/shared/ssh-key.ts'
import { askDaemon } from '#agent/cli/console-client.ts'
import { targetOf } from '#agent/cli/install/program-files.ts'
import type { Installation } from '#agent/cli/installation.ts'
import { openPlatform } from '#agent/cli/platform/platform.ts'

/** Exit code of a service manager's `status` for what does not run. */
const NOT_RUNNING = 3
const DAEMON_WITHIN_MS = 1_500

/** Prints every process; gives 0 when all of them run. */
export async function status(installation: Installation, args: string[]): Promise<number> {
  const platform = openPlatform(installation)
  const processes = (await platform.status()) ?? (await nothingRuns(installation, platform.kind))
  const ssh = await sshOf(installation)
  const current = ssh ? { ...processes, ssh } : processes
  if (args.includes('--json')) console.log(JSON.stringify(current))
  else for (const line of await tableOf(current)) console.log(line)
  const allRun = current.processes.length > 0 && current.processes.every(({ pid }) => pid !== null)
  return allRun ? 0 : NOT_RUNNING
}

async function nothingRuns(
  { config, dataDir, links }: Installation,
  supervisor: PlatformStatus['supervisor'],
): Promise<PlatformStatus> {
  const version = basename((await targetOf(links.current)) ?? '')
  return { instance: config.instance, version, dataDir, supervisor, processes: [] }
}

/** The daemon may be down, or busy: then the processes are all there is to say. */
async function sshOf({ paths }: Installation): Promise<PlatformStatus['ssh']> {
  const signal = AbortSignal.timeout(DAEMON_WITHIN_MS)
  return askDaemon(paths.consoleSocket, ['ssh', '--json'], SshAccess, { signal }).then(
    ({ port, connections }) => ({ port, connections }),
    () => undefined,
  )
}

async function tableOf({ version, dataDir, processes, ssh }: PlatformStatus): Promise<string[]> {
  const head = `Vastrox ${version} in ${dataDir}`
  if (processes.length === 0) return [`${head} does not run. Start it: vastrox up`]
  const rows = await Promise.all(processes.map(rowOf))
  const titles = row('process', 'pid', 'state', 'since', 'restarts', 'memory', '')
  return [head, titles, ...rows, ...(ssh ? [saySsh(ssh)] : [])]
}

function saySsh({ port, connections }: NonNullable<PlatformStatus['ssh']>): string {
  const { open, git, console, sftp } = connections
  return `SSH on port ${port}: ${open} connected (git ${git}, commands ${console}, uploads ${sftp})`
}

async function rowOf(process: PlatformProcess): Promise<string> {
  const { name, pid, state, since, restarts, lastExit } = process
  const memory = pid === null ? '' : await memoryOf(pid)
  const ended = state === 'running' || lastExit === null ? '' : `last: ${lastExit}`
  const begun = since?.slice(0, 19).replace('T', ' ') ?? ''
  return row(name, String(pid ?? '-'), state, begun, String(restarts), memory, ended)
}

const row = (...cells: string[]): string =>
  cells
    .map((cell, at) => cell.padEnd([12, 8, 9, 20, 9, 8, 0][at] ?? 0))
    .join(' ')
    .trimEnd()

/** Its share of memory, shared pages split fairly. */
async function memoryOf(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '')
  const kib = /^Pss:\s+(\d+)/m.exec(text)?.[1]
  return kib === undefined ? '' : `${Math.round(Number(kib) / 1_024)} MB`
}
