import { type ChildProcess, spawn } from 'node:child_process'
import { type InstallationPaths, PROCESS_ENV } from '@vastrox/shared/installation-paths.ts'
import type { PlatformStatus } from '@vastrox/shared/platform-status.ts'
import type { ControlRequest } from '#agent/supervisor/control-protocol.ts'
import type { ListeningSockets } from '#agent/supervisor/listening-sockets.ts'
import { SMALL_HEAP } from '#agent/supervisor/process-table.ts'
import { openLog } from '#agent/supervisor/process-log.ts'
import type { SupervisedProcess } from '#agent/supervisor/supervised-process.ts'

interface Deps {
  instance: string
  dataDir: string
  paths: InstallationPaths
  version: string
  node: string
  sockets: ListeningSockets
  /** In the order of the table. */
  processes: SupervisedProcess[]
  report: (line: string) => void
  /** Stops serving supervisor.sock, so that a successor can. */
  closeControl: () => Promise<void>
  exit: () => void
}

/** Sent between a supervisor and its successor; see handOver. */
export type HandOverMessage = 'workers-ready' | 'control-plane-stopped' | 'in-charge'

const READY_TIMEOUT_MS = 15_000
const HAND_OVER_TIMEOUT_MS = 30_000
/** The environment variable that names inherited sockets to a successor. */
export const INHERITED_SOCKETS = 'VASTROX_INHERITED_SOCKETS'
/** Apart, so that a supervisor of before the SSH server can take over as well: `vastrox upgrade` may go back. */
export const INHERITED_SSH_SOCKET = 'VASTROX_INHERITED_SSH_SOCKET'

export function createSupervisor(deps: Deps) {
  const { processes, report } = deps
  const startedAt = new Date()
  const isWorker = ({ spec }: SupervisedProcess): boolean => spec.name.startsWith('proxy-')
  const workers = processes.filter(isWorker)
  const controlPlane = processes.filter((process) => !isWorker(process))

  const status = (): PlatformStatus => ({
    instance: deps.instance,
    version: deps.version,
    dataDir: deps.dataDir,
    supervisor: 'vastrox',
    processes: [
      {
        name: 'supervisor',
        pid: process.pid,
        since: startedAt.toISOString(),
        restarts: 0,
        state: 'running',
        lastExit: null,
      },
      ...processes.map((each) => each.status()),
    ],
  })

  /** The daemon first, so that it hands nothing more to the agent. */
  async function stopControlPlane(): Promise<void> {
    for (const each of controlPlane.toReversed()) await each.stop()
  }

  async function stop(): Promise<void> {
    await stopControlPlane()
    await Promise.all(workers.map((worker) => worker.stop()))
  }

  /** One after the other, so that at no time every worker is new. */
  async function restart(name: string | undefined, crashAt: string | undefined): Promise<void> {
    const chosen = processes.filter(
      ({ spec }) =>
        name === undefined ||
        spec.name === name ||
        (name === 'proxy' && spec.name.startsWith('proxy-')),
    )
    if (chosen.length === 0) throw new Error(`there is no process ${name}`)
    for (const each of chosen)
      await each.replace(crashAt === undefined ? {} : { [PROCESS_ENV.crashAt]: crashAt })
  }

  async function stopProcess(name: string): Promise<void> {
    const chosen = processes.find(({ spec }) => spec.name === name)
    if (chosen === undefined) throw new Error(`there is no process ${name}`)
    await chosen.stop()
  }

  /**
   * Makes the supervisor of another bundle our successor: it inherits the bound sockets, starts its
   * workers beside ours, and only then ours finish what is under way; daemon and agent own files and
   * sockets of their own, so ours stop before its start. Rejects, with everything of ours still
   * running, when the successor's workers do not come up.
   */
  async function handOver(bundleDir: string): Promise<{ pid: number }> {
    const successor = startSuccessor(deps, bundleDir)
    try {
      await messageFrom(successor, 'workers-ready')
    } catch (error) {
      // It ends its own workers before it goes.
      successor.kill('SIGTERM')
      throw error
    }
    await deps.closeControl()
    await stopControlPlane()
    const inCharge = messageFrom(successor, 'in-charge')
    await tell(successor, 'control-plane-stopped')
    await inCharge
    successor.disconnect()
    successor.unref()
    void Promise.all(workers.map((worker) => worker.stop())).then(deps.exit)
    report(`handed over to pid ${successor.pid} of ${bundleDir}`)
    return { pid: successor.pid ?? 0 }
  }

  return {
    status,
    stop,
    /** Whether every one of them came up. */
    async startWorkers(): Promise<boolean> {
      for (const worker of workers) worker.start()
      const areUp = await Promise.all(workers.map((worker) => worker.ready(READY_TIMEOUT_MS)))
      return areUp.every(Boolean)
    },
    startControlPlane() {
      for (const each of controlPlane) each.start()
    },
    async answer(request: ControlRequest): Promise<unknown> {
      if (request.verb === 'status') return status()
      if (request.verb === 'restart') return restart(request.process, request.crashAt).then(status)
      if (request.verb === 'stop-process') return stopProcess(request.process).then(status)
      if (request.verb === 'hand-over') return handOver(request.bundleDir)
      setImmediate(() => void stop().then(deps.exit))
      return null
    },
  }
}

function startSuccessor(deps: Deps, bundleDir: string): ChildProcess {
  const log = openLog(deps.paths.processLogs, 'supervisor')
  const successor = spawn(`${bundleDir}/node`, [...SMALL_HEAP, `${bundleDir}/supervisor.mjs`], {
    shell: false,
    detached: true,
    cwd: '/',
    env: {
      ...process.env,
      [INHERITED_SOCKETS]: 'http=3,https=4',
      [INHERITED_SSH_SOCKET]: deps.sockets.ssh === undefined ? '' : '6',
    },
    stdio: [
      'ignore',
      log.fd,
      log.fd,
      deps.sockets.http,
      deps.sockets.https,
      'ipc',
      deps.sockets.ssh ?? 'ignore',
    ],
  })
  log.close()
  return successor
}

function messageFrom(successor: ChildProcess, expected: HandOverMessage): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const timer = setTimeout(
    () => reject(new Error(`the successor was not ready in ${HAND_OVER_TIMEOUT_MS} ms`)),
    HAND_OVER_TIMEOUT_MS,
  )
  successor.on('message', (message) => {
    if (message === expected) resolve()
  })
  successor.once('error', reject)
  successor.once('exit', (code, signal) =>
    reject(new Error(`the successor ended (${signal ?? code}); see supervisor.log`)),
  )
  return promise.finally(() => clearTimeout(timer))
}

function tell(successor: ChildProcess, message: HandOverMessage): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  successor.send(message, (error) => (error ? reject(error) : resolve()))
  return promise
}
