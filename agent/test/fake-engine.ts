import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEngine } from '#agent/engine/engine.ts'

interface FakeContainer {
  id: string
  state: string
  labels: Record<string, string>
  restarts?: number
  /** Names of volumes. */
  mounts?: string[]
  /** Of its process; 0 where none runs. */
  pid?: number
}

/** An engine that answers what is asked about containers, over a real socket, and tells events. */
export async function startFakeEngine() {
  const directory = await mkdtemp(join(tmpdir(), 'vastrox-engine-'))
  const world = {
    containers: [] as FakeContainer[],
    isAway: false,
    /** Paths without the version, in order. */
    asked: [] as string[],
  }
  const listening = new Set<ServerResponse>()
  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace(/^\/v[\d.]+/, '').replace(/\?.*$/, '')
    if (world.isAway) {
      response.writeHead(503).end('{"message":"away"}')
      return
    }
    if (path === '/_ping') {
      response.setHeader('api-version', '1.41')
      response.end('OK')
      return
    }
    world.asked.push(path)
    if (path === '/events') {
      listening.add(response)
      response.writeHead(200).flushHeaders()
      return
    }
    response.setHeader('content-type', 'application/json')
    const [, id] = /^\/containers\/([^/]+)\/json$/.exec(path) ?? []
    const found = world.containers.find((one) => one.id === id)
    if (found) {
      const State = {
        Pid: found.pid ?? 0,
        Status: found.state,
        ExitCode: 0,
        OOMKilled: false,
        StartedAt: found.pid ? '2026-11-22T12:00:00Z' : '0001-01-01T00:00:00Z',
      }
      response.end(
        JSON.stringify({
          RestartCount: found.restarts ?? 0,
          State,
          Mounts: (found.mounts ?? []).map((Name) => ({ Type: 'volume', Name })),
        }),
      )
      return
    }
    response.end(
      JSON.stringify(
        world.containers.map(({ id: Id, state: State, labels: Labels }) => ({
          Id,
          Names: [`/vastrox-${Id}`],
          State,
          Labels,
        })),
      ),
    )
  })
  const socket = join(directory, 'engine.sock')
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  const engine = createEngine(socket)

  return {
    world,
    engine,
    listeners: () => listening.size,
    /** Something changed. */
    tell(): void {
      for (const response of listening) response.write('{"Action":"start"}\n')
    },
    async stop(): Promise<void> {
      engine.close()
      server.closeAllConnections()
      server.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
export type FakeEngine = Awaited<ReturnType<typeof startFakeEngine>>
