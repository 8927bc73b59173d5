import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { PROCESS_ENV } from '@vastrox/shared/installation-paths.ts'
import type { KillGroups } from '#agent/supervisor/kill-group.ts'
import type { ListeningSockets } from '#agent/supervisor/listening-sockets.ts'
import type { ProtectedGroup } from '#agent/supervisor/protected-group.ts'
import { openLog } from '#agent/supervisor/process-log.ts'
import type { ProcessSpec } from '#agent/supervisor/process-table.ts'

/** One run of a process, from its start until nothing of it is left. */
export interface RunningProcess {
  pid: number
  startedAt: Date
  /** True as soon as the process says that it does its work; false when it ends before that. */
  ready: Promise<boolean>
  /** How often it has said anything on its descriptor: at first that it is ready, then that it lives. */
  beats: () => number
  /** Resolves once it and everything it started are gone, with a word on how it ended. */
  ended: Promise<ProcessEnd>
  terminate(): void
  kill(): void
}

export interface ProcessEnd {
  exitCode: number | null
  words: string
}

interface LaunchDeps {
  /** Path of the pinned Node. */
  node: string
  bundleDir: string
  logDir: string
  sockets: ListeningSockets
  groups: KillGroups
  protectedGroup: ProtectedGroup
}

const SETPRIV = '/usr/bin/setpriv'
/**
 * What root can do and the agent never has to: modules, clocks, reboots, raw memory, other people's
 * audit and file leases. systemd's unit says the same.
 */
export const AGENT_CAPABILITIES_DROPPED = [
  'audit_control',
  'audit_read',
  'block_suspend',
  'lease',
  'linux_immutable',
  'mac_admin',
  'mac_override',
  'sys_boot',
  'sys_module',
  'sys_pacct',
  'sys_rawio',
  'sys_time',
  'sys_tty_config',
  'wake_alarm',
]
/** Bit of the capability to give capabilities away for good. */
const SETPCAP = 8n
/** Traffic and control plane go last when memory runs out; the daemon's builds are elsewhere. */
const OOM_SCORE_ADJ = '-500'

/** Starts one process of the table. Throws when it cannot be started at all. */
export function launch(deps: LaunchDeps, spec: ProcessSpec): RunningProcess {
  const log = openLog(deps.logDir, spec.name)
  const descriptors = spec.sockets
    .map((name) => deps.sockets[name])
    .filter((fd) => fd !== undefined)
  const readyFd = 3 + descriptors.length
  const [program, args] = commandOf(deps, spec)
  const child = spawn(program, args, {
    shell: false,
    detached: true,
    cwd: '/',
    env: { ...envOf(spec, descriptors.length), [PROCESS_ENV.readyFd]: String(readyFd) },
    stdio: ['ignore', log.fd, log.fd, ...descriptors, 'pipe'],
  })
  log.close()
  const { pid } = child
  if (pid === undefined) {
    // Without a listener the failure would be thrown once more, as an event.
    child.on('error', () => {})
    throw new Error(`cannot start ${program}`)
  }
  const group = deps.groups.create(`${spec.name}.${pid}`)
  group.add(pid)
  deps.protectedGroup.add(pid)
  protect(pid)
  let beats = 0
  child.stdio[readyFd]?.on('data', () => {
    beats += 1
  })

  return {
    pid,
    startedAt: new Date(),
    ready: untilReady(child, readyFd),
    beats: () => beats,
    ended: untilEnded(child).then(async (end) => {
      await group.end()
      return end
    }),
    terminate: () => child.kill('SIGTERM'),
    kill: () => void group.end(),
  }
}

/** Says nothing of descriptors where one of them is not there. */
function envOf({ env, sockets }: ProcessSpec, inherited: number): Record<string, string> {
  if (inherited === sockets.length) return env
  const { [PROCESS_ENV.listenFds]: _missing, ...rest } = env
  return rest
}

/**
 * Node's own uid and gid options drop every supplementary group, and the daemon needs that of the
 * proxy to share proxy.sock with it: so setpriv, which becomes the process, as one keeps its pid.
 */
function commandOf(deps: LaunchDeps, spec: ProcessSpec): [program: string, args: string[]] {
  const command = [deps.node, ...spec.nodeFlags, `${deps.bundleDir}/${spec.bundle}`]
  if (spec.account === 'root')
    return [
      SETPRIV,
      [
        '--clear-groups',
        '--no-new-privs',
        ...(canDropCapabilities()
          ? ['--bounding-set', AGENT_CAPABILITIES_DROPPED.map((name) => `-${name}`).join(',')]
          : []),
        '--',
        ...command,
      ],
    ]
  return [
    SETPRIV,
    [
      `--reuid=${spec.account}`,
      `--regid=${spec.account}`,
      '--init-groups',
      '--inh-caps=-all',
      '--no-new-privs',
      '--',
      ...command,
    ],
  ]
}

/** Where we are in a container ourselves we may have no right to give rights away: then there is little to give. */
function canDropCapabilities(): boolean {
  const [, effective = '0'] =
    /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
  return ((BigInt(`0x${effective}`) >> SETPCAP) & 1n) === 1n
}

function protect(pid: number): void {
  try {
    // No core file: what is in the memory of these processes is not for a disk.
    writeFileSync(`/proc/${pid}/coredump_filter`, '0')
  } catch {
    // It has ended meanwhile.
  }
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, OOM_SCORE_ADJ)
  } catch {
    // Where the kernel refuses it to us, doctor says so; it is no reason not to run.
  }
}

function untilReady(child: ChildProcess, fd: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const pipe = child.stdio[fd]
  pipe?.once('data', () => resolve(true))
  pipe?.on('error', () => {
    // Its end is told by `exit`.
  })
  child.once('exit', () => resolve(false))
  return promise
}

function untilEnded(child: ChildProcess): Promise<ProcessEnd> {
  const { promise, resolve } = Promise.withResolvers<ProcessEnd>()
  child.once('error', (error) => resolve({ exitCode: null, words: error.message }))
  child.once('exit', (exitCode, signal) =>
    resolve({ exitCode, words: signal ?? `exit code ${exitCode}` }),
  )
  return promise
}
