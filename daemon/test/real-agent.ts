import { spawn } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { run } from '@vastrox/shared/node/run.ts'
import { createNodeAgent } from '#adapters/agent/node-agent.ts'
import { makeTestInstallation } from '../../agent/test/test-installation.ts'

const MAIN = resolve(import.meta.dirname, '../../agent/src/main.ts')

/** The agent as its own process, of an installation of its own, on the machine's engine. */
export async function startRealAgent() {
  const { dataDir, instance: installation, paths } = await makeTestInstallation()

  async function start() {
    const child = spawn(process.execPath, [MAIN], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: '/usr/bin', VASTROX_DATA_DIR: dataDir, VASTROX_AGENT_GID: '0' },
    })
    const { promise, resolve: ready, reject } = Promise.withResolvers<void>()
    child.on('exit', () => reject(new Error('the agent ended before it was ready')))
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.includes('"agent.ready"')) ready()
    })
    await promise
    return child
  }

  let child = await start()
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const { promise, resolve: ended } = Promise.withResolvers<void>()
    child.once('exit', () => ended())
    child.kill(signal)
    await promise
  }
  const agent = createNodeAgent({ socketPath: paths.agentSocket, fencingToken: 2 })

  return {
    agent,
    installation,
    socketPath: paths.agentSocket,

    /** Killed, and started again after so long. */
    async restart(awayMs: number): Promise<void> {
      await end('SIGKILL')
      await new Promise((done) => setTimeout(done, awayMs))
      child = await start()
    },

    /** Everything of the installation goes. */
    async remove(appIds: readonly string[]): Promise<void> {
      agent.close()
      const last = createNodeAgent({ socketPath: paths.agentSocket, fencingToken: 1_000 })
      try {
        for (const appId of appIds) await last.removeApp(appId)
      } finally {
        last.close()
        await end('SIGTERM')
        await run('/usr/sbin/nft', ['delete', 'table', 'inet', `vastrox_${installation}`], {
          timeoutMs: 10_000,
        })
        await rm(dataDir, { recursive: true })
      }
    },
  }
}
