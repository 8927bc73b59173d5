import { chmod, chown, mkdir, rm } from 'node:fs/promises'
import type { Server } from 'node:http'
import { dirname, join } from 'node:path'
import { armCrashPoint } from '@vastrox/shared/node/crash-point.ts'
import { createQueue } from '#agent/builds/queue.ts'
import { probeNofile } from '#agent/containers/nofile.ts'
import { createEngine } from '#agent/engine/engine.ts'
import { createAddressBook } from '#agent/networks/address-book.ts'
import { createAppNetworks } from '#agent/networks/app-networks.ts'
import { log } from '#agent/node/log.ts'
import { createFencing } from '#agent/server/fencing.ts'
import { createAgentServer } from '#agent/server/server.ts'
import { type AgentSettings, readSettings } from '#agent/settings.ts'
import { createStreams, createVerbs, type VerbDeps } from '#agent/verbs.ts'

const STOP_WITHIN_MS = 1_500

async function start(): Promise<void> {
  const settings = await readSettings(process.env)
  armCrashPoint(settings.crashAt)
  await mkdir(settings.paths.agent, { recursive: true, mode: 0o700 })
  const deps = await composeDeps(settings)
  const server = createAgentServer({
    verbs: createVerbs(deps),
    streams: createStreams(deps),
    fencing: await createFencing(join(settings.paths.agent, 'fencing.json')),
  })
  await listen(server, settings)
  log('agent.ready', {
    socket: settings.paths.agentSocket,
    startedInMs: Math.round(performance.now()),
  })
  process.once('SIGTERM', () => stop(server))
  process.once('SIGINT', () => stop(server))
}

async function composeDeps({
  config,
  paths,
  dataDir,
  engineSocket,
}: AgentSettings): Promise<VerbDeps> {
  const { instance, appNetworkRange } = config
  const engine = createEngine(engineSocket)
  const book = await createAddressBook({
    directory: join(paths.agent, 'networks'),
    range: appNetworkRange,
    start: Number.parseInt(instance, 16) / 2 ** 24,
    now: () => new Date(),
  })
  const networks = createAppNetworks({ engine, instance, book })
  return {
    engine,
    instance,
    dataDir,
    networks,
    nofile: await probeNofile(),
    buildQueue: createQueue(1),
    prepareQueue: createQueue(1),
    scratch: join(paths.agent, 'scratch'),
  }
}

/** The directory is closed to others before the socket exists in it, so there is no moment of openness. */
async function listen(server: Server, { paths, socketGid }: AgentSettings): Promise<void> {
  const directory = dirname(paths.agentSocket)
  await mkdir(paths.run, { recursive: true, mode: 0o755 })
  await mkdir(directory, { recursive: true, mode: 0o750 })
  await chown(directory, 0, socketGid)
  await chmod(directory, 0o750)
  await rm(paths.agentSocket, { force: true })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(paths.agentSocket, resolve)
  await promise
  await chown(paths.agentSocket, 0, socketGid)
  await chmod(paths.agentSocket, 0o660)
}

/** Streams end by their connection closing; the engine keeps what was started. */
function stop(server: Server): void {
  log('agent.stopping')
  setTimeout(() => process.exit(0), STOP_WITHIN_MS).unref()
  server.close(() => process.exit(0))
  server.closeAllConnections()
}

process.on('unhandledRejection', (error) => {
  log('agent.bug', { error: error instanceof Error ? error.stack : String(error) })
})

try {
  await start()
} catch (error) {
  log('agent.failed', { reason: error instanceof Error ? error.message : String(error) })
  process.exit(1)
}
