import { chmodSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { pathsOf } from '@vastrox/shared/installation.ts'
import { announceReady } from '@vastrox/shared/node/announce-ready.ts'

/** An agent that has every image already. */
const { agentSocket } = pathsOf(process.env['VASTROX_DATA_DIR'] ?? '')
rmSync(agentSocket, { force: true })
const server = createServer((_, response) => {
  const images = { runtimeImage: 'node:26', buildImage: 'node:26-build' }
  response.end(`${JSON.stringify({ type: 'done', prepared: false, ...images })}\n`)
})
server.on('error', () => setInterval(() => {}, 60_000))
server.listen(agentSocket, () => chmodSync(agentSocket, 0o660))
announceReady(process.env['VASTROX_READY_FD'])
process.once('SIGTERM', () => process.exit(0))
