import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { createAgentHttp } from '#adapters/agent/agent-http.ts'
import { createNodeBackups } from '#adapters/agent/node-backups.ts'
import { afterEach, expect, it } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'vastrox-node-backups-'))
const socketPath = join(folder, 'agent.sock')
const CHUNK = Buffer.alloc(64 * 1_024, 7)
const CHUNKS = 100
const DONE = { type: 'done', sizeBytes: 0, files: 1, sha256: null, durationMs: 1, output: '' }

/** An agent that gives a backup back, as fast as it is read. */
const agent = createServer((request, response) => {
  request.resume()
  const data = JSON.stringify({ type: 'data', base64: CHUNK.toString('base64') })
  response.end(`${`${data}\n`.repeat(CHUNKS)}${JSON.stringify(DONE)}\n`)
})
afterEach(() => {
  agent.close()
  rmSync(folder, { recursive: true, force: true })
})

it('content that is read slowly leaves nothing behind at its stream, however much it is', async () => {
  await new Promise<void>((resolve) => {
    agent.listen(socketPath, resolve)
  })
  const http = createAgentHttp({ socketPath, fencingToken: 1 })
  const content = createNodeBackups(http).read(
    {
      repository: {
        location: { type: 'local', rootId: 'root00000001', folder: 'vastrox-x' },
        password: 'the key of the repository',
        uploadLimitKib: null,
      },
      snapshotId: 'a'.repeat(64),
      timeoutMs: 60_000,
      path: 'dump.pgc',
      asTar: false,
    },
    new AbortController().signal,
  )

  let [bytes, most] = [0, 0]
  for await (const chunk of content) {
    bytes += chunk.length
    most = Math.max(most, content.listenerCount('close'))
    await turn()
  }
  http.close()

  expect(bytes).toBe(CHUNK.length * CHUNKS)
  expect(most).toBeLessThan(10)
})
