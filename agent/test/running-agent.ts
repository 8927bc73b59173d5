import { type ChildProcess, spawn } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { createEngine } from '#agent/engine/engine.ts'
import { createAgentClient } from '#test/agent-client.ts'
import type { Place } from '#test/network-lab.ts'
import { ENGINE_SOCKET, makeTestInstallation, removeFromHost } from '#test/test-installation.ts'

const MAIN = resolve(import.meta.dirname, '../src/main.ts')

/**
 * An agent of its own installation, in its own data directory, on the machine's real engine; `inside` of
 * a namespace of the network lab where it is to enforce anything.
 */
export async function runAgent(env: Record<string, string> = {}, inside?: Place) {
  const { dataDir, instance, paths } = await makeTestInstallation()
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
      if (!inside) await removeFromHost(engine, instance)
      engine.close()
      await rm(dataDir, { recursive: true })
    },
  }
}
export type RunningAgent = Awaited<ReturnType<typeof runAgent>>
