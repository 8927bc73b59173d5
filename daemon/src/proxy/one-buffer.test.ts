import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { READS, readIntoOneBuffer } from './one-buffer.ts'

let server: Server | undefined
const open: Socket[] = []
afterEach(() => {
  for (const socket of open.splice(0)) socket.destroy()
  server?.close()
})

async function accept(take: (socket: Socket) => void): Promise<Socket> {
  server = createServer((socket) => {
    open.push(socket)
    take(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const client = connect(typeof address === 'object' ? (address?.port ?? 0) : 0, '127.0.0.1')
  open.push(client)
  return client
}

describe('the one buffer of a worker', () => {
  it('is where a socket of this Node reads to, once it was accepted', async () => {
    const { promise, resolve } = Promise.withResolvers<{ text: string; isOurs: boolean }>()
    const isTaken: boolean[] = []
    const client = await accept((socket) => {
      isTaken.push(
        readIntoOneBuffer(socket, (chunk) => {
          resolve({ text: chunk.toString(), isOurs: chunk.buffer === READS.buffer })
          return true
        }),
      )
    })
    client.write('hello')

    expect(await promise).toEqual({ text: 'hello', isOurs: true })
    expect(isTaken).toEqual([true])
  })

  it('is not read into while bytes wait in the socket, which would come behind later ones', async () => {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const client = await accept((socket) => {
      socket.unshift(Buffer.from('earlier'))
      resolve(readIntoOneBuffer(socket, () => true))
    })
    client.write('later')

    expect(await promise).toBe(false)
  })

  it('makes a client wait whose reader has paused', async () => {
    let taken = 0
    const { promise, resolve } = Promise.withResolvers<Socket>()
    const client = await accept((socket) => {
      readIntoOneBuffer(socket, ({ length }) => {
        taken += length
        resolve(socket)
        return false
      })
    })
    const bytes = Buffer.alloc(32 * 2 ** 20)
    client.write(bytes)
    const socket = await promise
    const first = taken
    await new Promise((turn) => setTimeout(turn, 100))
    expect(taken).toBe(first)
    while (taken < bytes.length) {
      socket.resume()
      await new Promise((turn) => setImmediate(turn))
    }
    expect(taken).toBe(bytes.length)
  })
})
