import { once } from 'node:events'
import { createServer } from 'node:net'
import ssh2 from 'ssh2'
import { expect, it, onTestFinished } from 'vitest'
import { connectSsh, newSshKey, prepareSsh } from './guarded-ssh.ts'

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

it('every key that is made can be read, also one that begins with a byte of zero', async () => {
  for (let at = 0; at < 1_500; at += 1) {
    const { publicKey, privateKey } = await newSshKey('shop')
    expect(ssh2.utils.parseKey(publicKey)).not.toBeInstanceOf(Error)
    expect(ssh2.utils.parseKey(privateKey)).not.toBeInstanceOf(Error)
  }
})

it('a key that cannot be read is refused at once, and ends nothing else when the call is over', async () => {
  const server = createServer((socket) => void socket.on('error', () => undefined))
  onTestFinished(() => void server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const { privateKey } = await newSshKey('shop')
  const target = { host: 'h.example', port, user: 'git', hostKey: null }
  const call = new AbortController()

  const broken = privateKey.replace(/\n.{20}/, '\n')
  const connecting = connectSsh(
    { resolve: async () => ['127.0.0.1'] },
    { ...target, privateKey: broken },
    call.signal,
  )

  await expect(connecting).rejects.toThrow(/private key|privateKey/i)
  // Where anything still waited for the call, vitest would tell of what nobody catches.
  call.abort()
  await new Promise((resolve) => setTimeout(resolve, 20))
})
