import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { InstallationConfig } from '@vastrox/shared/installation.ts'
import { pathsOf } from '@vastrox/shared/installation.ts'
import { z } from 'zod'
import { createEngine } from '#agent/engine/engine.ts'
import { tableOf } from '#agent/firewall/names.ts'
import { deleteTable } from '#agent/firewall/nft.ts'
import { createAgentClient } from '#test/agent-client.ts'
import type { Place } from '#test/network-lab.ts'

const MAIN = resolve(import.meta.dirname, '../src/main.ts')
export const ENGINE_SOCKET = '/var/run/docker.sock'

/**
 * An agent of its own installation, in its own data directory, on the machine's real engine; `inside` of
 * a namespace of the network lab where it is to enforce anything.
 */
export async function runAgent(env: Record<string, string> = {}, inside?: Place) {
  const dataDir = await mkdtemp(join(tmpdir(), 'vastrox-agent-'))
  const instance = randomBytes(3).toString('hex')
  const paths = pathsOf(dataDir)
  const config: Partial<InstallationConfig> = {
    instance,
    httpPort: 18_080,
    httpsPort: 18_443,
    dashboardPort: 18_444,
    sshPort: 12_222,
    ftpPort: 12_121,
    publicAddress: '127.0.0.1',
    baseDomain: 'localhost',
    proxyWorkers: 1,
    acmeDirectory: null,
    acmeCaFile: null,
    acmeEmail: null,
  }
  await mkdir(dataDir, { recursive: true })
  await writeFile(paths.config, JSON.stringify(config))
  const engine = createEngine((inside && env['VASTROX_ENGINE_SOCKET']) ?? ENGINE_SOCKET)
  const lines: Record<string, unknown>[] = []
  let child: ChildProcess | undefined

  const start = async (more: Record<string, string> = {}): Promise<void> => {
    const variables = { VASTROX_DATA_DIR: dataDir, VASTROX_AGENT_GID: '0', ...env, ...more }
    const started =
      inside?.start(process.execPath, [MAIN], variables) ??
      spawn(process.execPath, [MAIN], {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { PATH: '/usr/bin', ...variables },
      })
    child = started
    const { promise, resolve: ready, reject } = Promise.withResolvers<void>()
    if (!started.stdout) throw new Error('the agent has no output')
    createInterface({ input: started.stdout }).on('line', (line) => {
      const entry: Record<string, unknown> = JSON.parse(line)
      lines.push(entry)
      if (entry['event'] === 'agent.ready') ready()
    })
    started.on('exit', () => reject(new Error('the agent ended before it was ready')))
    await promise
  }

  /** Resolves with the milliseconds it took to end. */
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<number> => {
    const ending = child
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return 0
    const startedAt = performance.now()
    const { promise, resolve: ended } = Promise.withResolvers<void>()
    ending.on('exit', () => ended())
    ending.kill(signal)
    await promise
    return performance.now() - startedAt
  }

  await start()
  return {
    instance,
    dataDir,
    paths,
    engine,
    lines,
    start,
    stop,
    /** 0 when it does not run. */
    pid: () => (child?.exitCode === null && child.signalCode === null ? (child.pid ?? 0) : 0),
    client: (token?: number) => createAgentClient(paths.agentSocket, token),

    /** Everything of this installation goes, by its label, and its data directory with it. */
    async remove(): Promise<void> {
      await stop()
      // Engine and rules of the lab go with the lab.
      if (!inside) {
        await removeEverythingOf(engine, instance)
        await deleteTable(tableOf(instance))
      }
      engine.close()
      await rm(dataDir, { recursive: true })
    },
  }
}
export type RunningAgent = Awaited<ReturnType<typeof runAgent>>

type Engine = ReturnType<typeof createEngine>

const Volumed = z.object({ Volumes: z.array(z.object({ Name: z.string() })).nullable() })

async function removeEverythingOf(engine: Engine, instance: string): Promise<void> {
  for (const id of await idsOf(engine, '/containers/json', instance))
    await engine.act('DELETE', `/containers/${id}`, { query: { force: true, v: true } })
  const { Volumes } = await engine.get('/volumes', Volumed, {
    query: { filters: JSON.stringify({ label: [`vastrox.instance=${instance}`] }) },
  })
  for (const { Name } of Volumes ?? []) await engine.act('DELETE', `/volumes/${Name}`)
  for (const id of await idsOf(engine, '/networks', instance))
    await engine.act('DELETE', `/networks/${id}`)
  for (const id of await idsOf(engine, '/images/json', instance))
    await engine.act('DELETE', `/images/${id}`, { query: { force: true } })
}

/** Ids of what carries the installation's label. */
export async function idsOf(engine: Engine, path: string, instance: string): Promise<string[]> {
  const reply = await engine.stream('GET', path, {
    query: { all: true, filters: JSON.stringify({ label: [`vastrox.instance=${instance}`] }) },
  })
  const chunks = []
  for await (const chunk of reply) chunks.push(chunk)
  const found: { Id: string }[] = JSON.parse(Buffer.concat(chunks).toString())
  return found.map((each) => each.Id)
}
