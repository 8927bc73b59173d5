import { mkdirSync } from 'node:fs'
import { trimMemoryWhenIdle } from '@vastrox/shared/node/trim-memory.ts'
import { serveControl } from '#agent/supervisor/control-server.ts'
import { createEngineKeeper, engineOfOurs } from '#agent/supervisor/engine-keeper.ts'
import { openKillGroups } from '#agent/supervisor/kill-group.ts'
import { launch } from '#agent/supervisor/launch.ts'
import {
  bindSockets,
  bindSshSocket,
  type ListeningSockets,
} from '#agent/supervisor/listening-sockets.ts'
import { openProtectedGroup } from '#agent/supervisor/protected-group.ts'
import { rotateLogs } from '#agent/supervisor/process-log.ts'
import { processTable } from '#agent/supervisor/process-table.ts'
import { readSettings, type SupervisorConfig } from '#agent/supervisor/settings.ts'
import { createSupervisedProcess } from '#agent/supervisor/supervised-process.ts'
import { claim } from '#agent/supervisor/only-one.ts'
import {
  createSupervisor,
  type HandOverMessage,
  INHERITED_SOCKETS,
  INHERITED_SSH_SOCKET,
} from '#agent/supervisor/supervisor.ts'

const ROTATE_EVERY_MS = 30_000
const ENGINE_CHECK_EVERY_MS = 2_000
/** What a killed predecessor's workers need to let go of the ports. */
const BIND_ATTEMPTS = 20

const report = (line: string): void => console.log(`${new Date().toISOString()} ${line}`)

async function main(): Promise<void> {
  const { dataDir, paths, config } = readSettings(process.env)
  const isSuccessor = process.send !== undefined

  mkdirSync(paths.processLogs, { recursive: true, mode: 0o700 })
  const groups = openKillGroups(config.instance)
  if (!groups.available) report('control groups cannot be written: only process groups are ended')
  claim(`${dataDir}/run/supervisor/supervisor.pid`, isSuccessor)
  if (!isSuccessor) await groups.endLeftovers()
  const sockets = await openSockets(config)

  const engine = createEngineKeeper({
    logDir: paths.processLogs,
    recordPath: `${dataDir}/run/supervisor/dockerd.json`,
    report,
  })
  const bundleDir = import.meta.dirname
  const protectedGroup = openProtectedGroup(config.instance)
  const deps = {
    node: process.execPath,
    bundleDir,
    logDir: paths.processLogs,
    sockets,
    groups,
    protectedGroup,
  }
  const supervisor = createSupervisor({
    instance: config.instance,
    dataDir,
    paths,
    version: bundleDir.split('/').at(-1) ?? '',
    node: process.execPath,
    sockets,
    processes: processTable(config, dataDir, bundleDir).map((spec) =>
      createSupervisedProcess(spec, { launch: (each) => launch(deps, each), report }),
    ),
    report,
    closeControl: async () => {
      control?.close()
    },
    exit: () => process.exit(0),
  })
  let control: Awaited<ReturnType<typeof serveControl>> | undefined
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => void supervisor.stop().then(() => process.exit(0)))

  const workersAreUp = supervisor.startWorkers()
  if (isSuccessor)
    await workersAreUp.then(takeOver).catch(async (error: unknown) => {
      await supervisor.stop()
      throw error
    })
  const engineStarts = engine.ensure()
  supervisor.startControlPlane()
  control = await serveControl(paths.supervisorSocket, (request) => supervisor.answer(request))
  if (isSuccessor) tellPredecessor('in-charge')
  report(`supervises ${bundleDir}`)
  await engineStarts

  trimMemoryWhenIdle()
  setInterval(() => void rotateLogs(paths.processLogs).catch(reportError), ROTATE_EVERY_MS)
  let engineIsOurs = engineOfOurs(`${dataDir}/run/supervisor/dockerd.json`) !== undefined
  setInterval(() => {
    engineIsOurs ||= engineOfOurs(`${dataDir}/run/supervisor/dockerd.json`) !== undefined
    if (engineIsOurs) void engine.ensure().catch(reportError)
  }, ENGINE_CHECK_EVERY_MS)
}

const reportError = (error: unknown): void => report(String(error))

async function openSockets(config: SupervisorConfig): Promise<ListeningSockets> {
  const inherited = /^http=(\d+),https=(\d+)$/.exec(process.env[INHERITED_SOCKETS] ?? '')
  const ssh = /^\d+$/.exec(process.env[INHERITED_SSH_SOCKET] ?? '')?.[0]
  delete process.env[INHERITED_SOCKETS]
  delete process.env[INHERITED_SSH_SOCKET]
  const sockets = inherited
    ? { http: Number(inherited[1]), https: Number(inherited[2]) }
    : await patiently(() => bindSockets({ http: config.httpPort, https: config.httpsPort }))
  return {
    ...sockets,
    ssh: ssh === undefined ? bindSshSocket(config.sshPort, report) : Number(ssh),
  }
}

async function patiently<T>(bind: () => T): Promise<T> {
  for (let attempt = 1; ; attempt++)
    try {
      return bind()
    } catch (error) {
      if (attempt >= BIND_ATTEMPTS) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
}

/** The successor's side of a hand-over; ends the process when its workers do not run. */
async function takeOver(workersAreUp: boolean): Promise<void> {
  if (!workersAreUp) throw new Error('the workers do not come up; the supervisor before goes on')
  const { promise, resolve } = Promise.withResolvers<void>()
  // A predecessor that dies in between has stopped its control plane as well.
  process.once('disconnect', resolve)
  process.on('message', (message) => {
    const expected: HandOverMessage = 'control-plane-stopped'
    if (message === expected) resolve()
  })
  tellPredecessor('workers-ready')
  await promise
}

function tellPredecessor(message: HandOverMessage): void {
  if (process.send && process.connected) process.send(message)
}

await main()
