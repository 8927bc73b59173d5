import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { prepareSsh } from './guarded-ssh.ts'

it('A host that resets the connection at once ends that connection, and nothing else', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => {
      // It is ended here.
    })
    setTimeout(() => socket.resetAndDestroy(), 50)
  })
  onTestFinished(() => void server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const addresses = { resolve: async () => ['127.0.0.1'] }
  const target = { host: 'h.example', port, user: 'git', hostKey: null }

  const { config } = await prepareSsh(addresses, target)

  // As long as ssh2 may take to be loaded: nobody but us hears of the reset.
  await expect.poll(() => config.sock?.destroyed).toBe(true)
})
