import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { WatchEvent } from '@vastrox/shared/agent-api.ts'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createNotices } from '#agent/containers/notices.ts'
import { watch } from '#agent/containers/watch.ts'
import { createEngine } from '#agent/engine/engine.ts'

let directory: string
let socket: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'watch-'))
  socket = join(directory, 'engine.sock')
})
afterEach(() => rm(directory, { recursive: true }))

async function runEngine() {
  const listeners: ServerResponse[] = []
  const asked: string[] = []
  const server = createServer((request, response) => {
    if (request.url === '/_ping') {
      response.setHeader('Api-Version', '1.41').end('OK')
      return
    }
    asked.push(decodeURIComponent(request.url ?? ''))
    response.flushHeaders()
    listeners.push(response)
  })
  await new Promise<void>((resolve) => {
    server.listen(socket, resolve)
  })
  return {
    asked,
    listeners,
    stop: async (): Promise<void> => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await rm(socket, { force: true })
    },
  }
}

it('forwards the engine’s events about our instances, and tells when it was away (rule K6)', async () => {
  const first = await runEngine()
  const seen: WatchEvent[] = []
  const leaving = new AbortController()
  const watching = watch(
    { engine: createEngine(socket), instance: 'a1b2c3', notices: createNotices() },
    {
      emit: async (event) => {
        seen.push(event)
      },
      signal: leaving.signal,
      body: Readable.from([]),
    },
  )
  await vi.waitFor(() => expect(first.listeners).toHaveLength(1), 15_000)
  const event = {
    Type: 'container',
    Action: 'die',
    Actor: { Attributes: { name: 'vastrox-a1b2c3-x', exitCode: '137' } },
  }
  first.listeners[0]?.write(
    `${JSON.stringify(event)}\n{"Type":"container","Action":"exec_start: x"}\n`,
  )
  await vi.waitFor(() => expect(seen).toHaveLength(2), 15_000)

  await first.stop()
  const second = await runEngine()
  await vi.waitFor(() => expect(seen).toHaveLength(3), 15_000)
  leaving.abort()
  await expect(watching).rejects.toThrow('aborted')
  await second.stop()

  expect(seen).toEqual([
    { type: 'heartbeat' },
    { type: 'instance', name: 'vastrox-a1b2c3-x', action: 'die', exitCode: 137 },
    { type: 'engine-restarted' },
  ])
  expect(first.asked[0]).toContain('"vastrox.instance=a1b2c3"')
})
